"""The task of making two ears of one: what is asked of a method, and how its answers are scored."""

from pathlib import Path

from torch import Tensor

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.media.audio import read_sound
from fairplay_bench.models.registry import load_model
from fairplay_bench.models.rehearsal import checked_ears
from fairplay_bench.records import SAMPLE_RATE
from fairplay_bench.scoring.clip_task import Output, clip_task
from fairplay_bench.scoring.pair import ears_of, fitted, score_ears


def _read(path: Path) -> Tensor:
    return ears_of(read_sound(path), str(path))


def _fitted(predicted: Tensor, target: Tensor, row: IndexRow) -> Tensor:
    del row
    return fitted(predicted, target.shape[-1])


EARS = Output("binauralize", SAMPLE_RATE, checked_ears, "audio", _read, _fitted, score_ears)
BINAURAL = clip_task("binaural", EARS, load_model, lambda protocol: protocol.metrics)
