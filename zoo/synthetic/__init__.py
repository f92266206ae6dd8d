"""The embedded stand-ins: small synthetic corpora in native layouts."""
