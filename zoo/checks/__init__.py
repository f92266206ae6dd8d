"""Is any of this wrong? Great Expectations over every corpus's manifest and folds, and rules for features."""
