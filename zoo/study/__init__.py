"""A study: params.yaml as typed, validated values; a file a section."""
