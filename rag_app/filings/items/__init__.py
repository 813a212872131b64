"""Blocks → sections by Item."""
