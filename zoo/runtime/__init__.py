"""From frames to predictions: devices, inference, weights on disk."""
