"""The embedded stand-ins: small synthetic corpora in the layouts of real ones."""
