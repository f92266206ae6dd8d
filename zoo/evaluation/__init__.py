"""Scores, intervals, significance and the gate, from predictions alone: numpy and polars, never torch."""
