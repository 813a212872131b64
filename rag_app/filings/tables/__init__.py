"""Grids of cells → tables, and tables → lines and parts."""
