"""Question/passage pairs: reading, cleaning, splitting, and the formats other tools read."""
