"""Audit fold files, ours and those of others: what their splits share."""
