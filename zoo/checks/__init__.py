"""Checks of every corpus's manifest and folds, with Great Expectations, and of its features."""
