"""Simulated differences of two methods, a column a run: normal, and as correlated as real ones may be."""

import numpy as np


def one_split(rng, runs, units=187, difference=0.0):
    """Independent clips of one split, of deviation one."""
    values = rng.normal(difference, 1.0, size=(units, runs))
    return values, np.arange(units), np.zeros(units, dtype=int)


def overlapping_splits(rng, runs, deviation, clips=1871, splits=10, size=187):
    """Random test sets that overlap; methods differ by clip, by split (each has its own weights), and by both."""
    units = np.concatenate([rng.choice(clips, size, replace=False) for _ in range(splits)])
    _, units = np.unique(units, return_inverse=True)
    which = np.repeat(np.arange(splits), size)
    by_clip = rng.normal(size=(units.max() + 1, runs))
    by_split = rng.normal(0.0, deviation, size=(splits, runs))
    return by_clip[units] + by_split[which] + rng.normal(0.0, 0.5, size=(len(units), runs)), units, which


def nested(rng, runs, videos=10, clips=20, correlation=0.5):
    """Clips of videos within one split, averaged by video as the statistics do."""
    by_video = rng.normal(0.0, correlation**0.5, size=(videos, 1, runs))
    by_clip = rng.normal(0.0, (1 - correlation) ** 0.5, size=(videos, clips, runs))
    return (by_video + by_clip).mean(axis=1), np.arange(videos), np.zeros(videos, dtype=int)


def overlapping_nested(rng, runs, deviation, videos=43, clips=20, splits=3, size=11):
    """Clips of videos in several splits of videos, averaged by video within a split."""
    units = np.concatenate([rng.choice(videos, size, replace=False) for _ in range(splits)])
    _, units = np.unique(units, return_inverse=True)
    which = np.repeat(np.arange(splits), size)
    by_video = rng.normal(0.0, 0.5**0.5, size=(units.max() + 1, runs))
    by_clip = rng.normal(0.0, 0.5**0.5, size=(units.max() + 1, clips, runs)).mean(axis=1)
    by_split = rng.normal(0.0, deviation, size=(splits, runs))
    return by_video[units] + by_clip[units] + by_split[which], units, which
