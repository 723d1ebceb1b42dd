"""The tables of metrics: of two ears, of first-order sound, and of parted mixtures."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, pi

from torch import Tensor

from fairplay_bench.scoring.direction_distance import direction_distance, direction_distance_raw
from fairplay_bench.scoring.envelope_distance import envelope_distance
from fairplay_bench.scoring.field_envelope_distance import field_envelope_distance
from fairplay_bench.scoring.field_stft_distance import field_stft_distance
from fairplay_bench.scoring.ild import LIMIT_DB, ild_error
from fairplay_bench.scoring.itd import WRONG_US, itd_error
from fairplay_bench.scoring.phase_distance import phase_distance
from fairplay_bench.scoring.stft_distance import magnitude_distance, stft_distance
from fairplay_bench.scoring.waveform import signal_to_noise_ratio, waveform_distance


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as declared in the tables.

    Attributes:
        key: its name in protocols and result files.
        function: ``(predicted, target)``, both ``(2, samples)`` or, of first-order sound, ``(4, samples)``, to a score;
            NaN where it is undefined.
        unit: of the score; empty for none.
        version: raised whenever a number can move.
        higher_is_better: the direction.
        least: the smallest possible score.
        most: the largest possible score.
        raw: whether it is given the signals as they are even where a protocol normalises them.
        may_be_undefined: whether some targets have no such score.
    """

    key: str
    function: Callable[[Tensor, Tensor], Tensor]
    unit: str = ""
    version: int = 1
    higher_is_better: bool = False
    least: float = 0.0
    most: float = inf
    raw: bool = False
    may_be_undefined: bool = False


METRICS = {
    metric.key: metric
    for metric in (
        Metric("stft", stft_distance),
        Metric("env", envelope_distance),
        Metric("mag", magnitude_distance),
        Metric("phase", phase_distance, unit="rad", most=pi),
        Metric("snr", signal_to_noise_ratio, unit="dB", higher_is_better=True, least=-inf),
        Metric("wav", waveform_distance, unit="1e-3"),
        # Level and time differences do not depend on the level, but whether a target is silent does.
        Metric("ild", ild_error, unit="dB", most=2 * LIMIT_DB, raw=True, may_be_undefined=True),
        Metric("itd", itd_error, unit="µs", most=2 * WRONG_US + 100, raw=True, may_be_undefined=True),
        Metric("stft_raw", stft_distance, raw=True),
        Metric("env_raw", envelope_distance, raw=True),
    )
}

FIELD_METRICS = {
    metric.key: metric
    for metric in (
        Metric("field_stft", field_stft_distance),
        Metric("field_env", field_envelope_distance),
        Metric("emd", direction_distance, unit="rad", most=pi),
        Metric("emd_raw", direction_distance_raw, raw=True),
    )
}


@dataclass(frozen=True, slots=True)
class SeparationMetric:
    """A metric of parted mixtures as declared in the tables; ``scoring/separation/quality.py`` computes all at once.

    Attributes:
        key: its name in result files.
        unit: of the score.
        version: raised whenever a number can move.
        higher_is_better: the direction.
        least: the smallest possible score.
        most: the largest possible score.
        may_be_undefined: whether some mixtures have no such score.
    """

    key: str
    unit: str = "dB"
    version: int = 1
    higher_is_better: bool = True
    least: float = -inf
    most: float = inf
    may_be_undefined: bool = False


SEPARATION_METRICS = {
    metric.key: metric
    for metric in (
        SeparationMetric("sdr"),
        SeparationMetric("sir"),
        SeparationMetric("sar"),
        SeparationMetric("sdr_mixture"),
        SeparationMetric("sdr_improvement"),
        SeparationMetric("sdr_images", may_be_undefined=True),
    )
}
DECLARED: dict[str, Metric | SeparationMetric] = {**METRICS, **FIELD_METRICS, **SEPARATION_METRICS}
"""Every metric by its key, for tables and summaries."""
