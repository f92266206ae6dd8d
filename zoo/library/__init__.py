"""Corpora on disk: fetch, add, record, verify and remove them, and build their manifests."""
