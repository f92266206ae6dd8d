"""The search: the same one for every architecture, on Ray Tune, and no test speaker ever seen."""
