"""Scoring how well the mixture of two clips is parted: the sounds that are mixed, SDR, SIR and SAR, the task."""
