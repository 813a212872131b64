"""Derived indexes: built beside what is served, verified, moved into place; Chroma behind one file."""
