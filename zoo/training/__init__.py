"""Training: batches, the training loop, and the fold trainings and release of each corpus."""
