"""Figures as SVG text, all in one style."""
