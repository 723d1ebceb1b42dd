"""Scores: one module a metric, the pair of sounds, the run over clips, the summary."""
