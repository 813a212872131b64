"""Turn question/passage pairs into a Matryoshka embedding model, and judge it honestly."""
