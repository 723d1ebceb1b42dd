"""Data sets: what they are, preparing them, the index, the split sets, verification, reading."""
