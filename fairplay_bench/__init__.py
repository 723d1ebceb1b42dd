"""Datasets, baselines, metrics and a leaderboard for 2.5D visual sound.

The four functions below are the whole Python interface; they are loaded when they are used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairplay_bench.datasets.load import load_dataset
    from fairplay_bench.models.registry import load_model
    from fairplay_bench.scoring.pair import score
    from fairplay_bench.scoring.run import evaluate

__all__ = ["evaluate", "load_dataset", "load_model", "score"]

_HOMES = {
    "load_dataset": "fairplay_bench.datasets.load",
    "load_model": "fairplay_bench.models.registry",
    "score": "fairplay_bench.scoring.pair",
    "evaluate": "fairplay_bench.scoring.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
