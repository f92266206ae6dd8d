"""The hyperparameter search: the same for every architecture, on Ray Tune, without any test speaker."""
