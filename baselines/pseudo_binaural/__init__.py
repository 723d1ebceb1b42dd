"""PseudoBinaural: two-eared training sounds made from mono recordings by placing cut-out players on a canvas."""
