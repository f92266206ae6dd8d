"""Figures and the page that people read, from scores and predictions."""
