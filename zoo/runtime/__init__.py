"""From samples to answers."""
