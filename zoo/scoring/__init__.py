"""Scoring a release on labelled speech that it has never heard."""
