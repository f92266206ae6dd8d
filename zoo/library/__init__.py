"""Corpora on this disk: added, fetched, recorded, verified, removed, and measured into manifests."""
