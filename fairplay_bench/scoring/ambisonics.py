"""Task ``ambisonics``: first-order channels of the W channel and the pictures, on the 360° sets."""

from pathlib import Path

import numpy as np
from torch import Tensor

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.errors import MediaError, OptionError, PredictionError
from fairplay_bench.media.ambisonic import AMBISONIC_RATE, WITHOUT_HEIGHT
from fairplay_bench.models.registry import load_ambisonizer
from fairplay_bench.models.rehearsal import checked_field
from fairplay_bench.records import V1, Protocol
from fairplay_bench.scoring.clip_task import Output, clip_task
from fairplay_bench.scoring.clips import read_field
from fairplay_bench.scoring.metrics import FIELD_METRICS
from fairplay_bench.scoring.pair import Scores, fitted
from fairplay_bench.scoring.task import Scope

LENGTH_TOLERANCE = 480  # samples, 10 ms, as of the ears
_Z = 2


def score_field(predicted: Tensor, target: Tensor, chosen: Protocol = V1) -> Scores:
    """Score first-order sound against recorded one of the same length.

    Args:
        predicted: ``(4, samples)``, W, Y, Z, X at 48 kHz; silent where the target has a channel that was not recorded.
        target: same shape.
        chosen: only ``v1`` is possible; signals are compared as they are.

    Returns:
        A score for each metric.

    Raises:
        PredictionError: if a score is not finite.
        ShapeError: if the shapes do not fit.
    """
    del chosen
    scores: Scores = {}
    for key, metric in FIELD_METRICS.items():
        value = float(metric.function(predicted, target))
        if not np.isfinite(value):
            raise PredictionError(f"{key} is not finite; look for NaN, infinite or huge values in the prediction.")
        scores[key] = value
    return scores


def _check(scope: Scope) -> None:
    if scope.protocol != V1:
        raise OptionError(f"--protocol {scope.protocol.name}: the task ambisonics has the protocol {V1.name} alone.")
    if not scope.data.has_ambisonics:
        raise OptionError(
            f"{scope.data.folder}: keeps no first-order sound; the task ambisonics needs a 360° set; prepare it again."
        )


def _read(path: Path) -> Tensor:
    if path.is_dir():  # the data set's folder: the index names no file
        raise MediaError("has no first-order sound; prepare the clip again.")
    return read_field(path)


def _fitted(predicted: Tensor, target: Tensor, row: IndexRow) -> Tensor:
    long = fitted(predicted, target.shape[-1], tolerance=LENGTH_TOLERANCE)
    if row.ambisonic_channels == WITHOUT_HEIGHT:  # nobody knows what Z should be
        long = long.clone()
        long[_Z] = 0.0
    return long


FIELD = Output("ambisonize", AMBISONIC_RATE, checked_field, "ambisonics", _read, _fitted, score_field, _check)
AMBISONICS = clip_task("ambisonics", FIELD, load_ambisonizer, lambda _: tuple(FIELD_METRICS))
