"""How an LLM is asked and listened to, and how the numbers of a text are read. `rag_app.answer` uses it."""
