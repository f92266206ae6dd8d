"""Training: batches, augmentation, one visible loop, and the folds of a corpus."""
