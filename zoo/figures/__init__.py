"""Figures as text of SVG."""
