"""Signals: transforms, envelopes, levels, windows, resampling."""
