"""The report of a study, a page with tables and figures, from scores and predictions."""
