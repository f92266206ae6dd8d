"""The figures of the field, from counts."""
