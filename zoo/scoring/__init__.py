"""Releases on labelled speech that they have never heard: predictions, and scores."""
