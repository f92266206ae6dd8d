"""What crosses the splits of fold files, ours and other people's."""
