"""Figures as text of SVG, all of one style."""
