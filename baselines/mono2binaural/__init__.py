"""Mono2Binaural: the network of 2.5D Visual Sound, its weights, and the methods made of it."""
