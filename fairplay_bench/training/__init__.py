"""Training: segments, the Lightning modules that every trainable baseline shares, run folders."""
