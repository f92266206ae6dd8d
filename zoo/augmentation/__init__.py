"""What training does to frames so that they are never twice the same."""
