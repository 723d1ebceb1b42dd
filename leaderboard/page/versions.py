"""The versions of a clip that are put beside one another to be heard: the target, and what methods make of its mono."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.dsp.level import rms
from fairplay_bench.errors import BenchError, MediaError, OptionError, PredictionError, ResultError, ShapeError
from fairplay_bench.jobs import Reporter
from fairplay_bench.models.interface import Binauralizer
from fairplay_bench.models.registry import load_model
from fairplay_bench.models.rehearsal import checked_ears
from fairplay_bench.records import DEFAULT_PROTOCOL, ClipId, Protocol, named_protocol
from fairplay_bench.scoring.checks import CHECKS, Check
from fairplay_bench.scoring.clips import clip_frames, mono_clip, target_ears
from fairplay_bench.scoring.pair import fitted

TARGET = "target"
_SPLIT = "{split}"
_PEAK = 0.95  # of full scale, of the loudest version of a clip
_SILENT_RMS = 1e-6


@dataclass(frozen=True, slots=True)
class Version:
    """A method to be heard.

    Attributes:
        name: as it is shown.
        source: a folder of WAVs named after the clips, ``{split}`` allowed; or a check or method by name.
    """

    name: str
    source: str

    def answer(self, split: int) -> Binauralizer | Check:
        """What makes this version of the clips of a split.

        Raises:
            OptionError: if there is no such folder, or no such check or method.
        """
        source = self.source.replace(_SPLIT, str(split))
        if source in CHECKS:
            return CHECKS[source]
        return load_model(f"predictions:{source}" if Path(source).is_dir() or "/" in source else source)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which clips of a prepared data set are heard.

    Attributes:
        data: the data set.
        versions: the methods; the target is always there.
        split_set: the protocol's by default, else the data set's own.
        splits: splits whose test clips are used; all by default.
        clips: how many.
        protocol: under which the methods work.
        only: these clips alone, in this order; all test clips by default.
    """

    data: PreparedDataset
    versions: Sequence[Version]
    split_set: str | None = None
    splits: Sequence[int] | None = None
    clips: int = 6
    protocol: str = DEFAULT_PROTOCOL
    only: Sequence[str] | None = None

    def test_clips(self) -> list[tuple[int, ClipId]]:
        """Every test clip once, with the first split it is in.

        Raises:
            OptionError: if a split is not on disk or the split set is not known.
        """
        first: dict[ClipId, int] = {}
        split_set = self.data.split_set(self.split_set, named_protocol(self.protocol))
        for split in self.splits or self.data.splits(split_set):
            for clip_id in self.data.listed(split_set, split, "test"):
                first.setdefault(clip_id, split)
        chosen = sorted(first) if self.only is None else [clip_id for clip_id in self.only if clip_id in first]
        return [(first[clip_id], clip_id) for clip_id in chosen]


@dataclass(frozen=True, slots=True)
class HeardClip:
    """A clip with all its versions.

    Attributes:
        split: in whose test set it is.
        row: its place in the data set.
        ears: by name of the version, the target first; ``(2, samples)``, 16 kHz, within ±0.95, equally loud.
    """

    split: int
    row: IndexRow
    ears: dict[str, Tensor] = field(repr=False)


def parse_version(text: str) -> Version:
    """Read ``NAME=FOLDER``, or the name of a check or of a method that needs no weights.

    Raises:
        OptionError: if a part is empty, or the name is the target's.
    """
    name, equals, source = (part.strip() for part in text.partition("="))
    if not name or (equals and not source):
        raise OptionError(f"--listen {text}: give NAME=FOLDER with a WAV named after each clip, or a name alone.")
    if name == TARGET:
        raise OptionError(f"--listen {text}: {TARGET!r} is the recording itself and always there; choose another name.")
    return Version(name, source or name)


def heard_clips(selection: Selection, reporter: Reporter) -> Iterator[HeardClip]:
    """Make all versions of some clips, spread evenly over the test clips.

    A clip that a folder lacks, or that cannot be read, is passed over for another one.

    Args:
        selection: which clips and versions.
        reporter: hears what was passed over.

    Yields:
        The clips.

    Raises:
        OptionError: if a name, folder, split or number is wrong; said before the first clip.
        ResultError: if there is no clip of which all versions are there.
    """
    if selection.clips < 1:
        raise OptionError(f"--clips {selection.clips}: at least one clip is needed.")
    names = [version.name for version in selection.versions]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise OptionError(f"--listen {doubled}: this name is there twice; give each version its own.")
    data, protocol = selection.data, named_protocol(selection.protocol)
    wanted = selection.test_clips()
    splits = sorted({split for split, _ in wanted})
    answers = {split: {version.name: version.answer(split) for version in selection.versions} for split in splits}
    made, passed = 0, ""
    for split, clip_id in _spread(wanted, selection.clips):
        try:
            clip = _heard(data, split, clip_id, answers[split], protocol)
        except (MediaError, PredictionError, ShapeError) as error:
            passed = passed or f"{clip_id}: {error}"
            continue
        yield clip
        made += 1
        if made == selection.clips:
            return
    if not made:
        raise ResultError(f"no test clip of {data.folder} is there in all versions ({passed or 'none is listed'}).")
    if passed:
        reporter.say(f"{made} of {selection.clips} clips to hear; the first passed over: {passed}")


def _spread(wanted: list[tuple[int, str]], clips: int) -> list[tuple[int, str]]:
    """The same in another order: a few spread evenly, then the others."""
    step = max(1, len(wanted) // clips)
    return [clip for start in range(step) for clip in wanted[start::step]]


def _heard(
    data: PreparedDataset, split: int, clip_id: str, answers: dict[str, Binauralizer | Check], protocol: Protocol
) -> HeardClip:
    row = data.clips.get(clip_id)
    if row is None:
        raise MediaError("not in the prepared data set.")
    target = target_ears(data, row)
    ears = {TARGET: target}
    for name, method in answers.items():
        ears[name] = fitted(_made(method, data, row, target, protocol), target.shape[-1], name)
    return HeardClip(split, row, equally_loud(ears))


def _made(
    method: Binauralizer | Check, data: PreparedDataset, row: IndexRow, target: Tensor, protocol: Protocol
) -> Tensor:
    if isinstance(method, Check):
        return method.answer(target)
    clip = mono_clip(row.clip_id, target, clip_frames(data, row), protocol)
    try:
        with torch.inference_mode():
            return checked_ears(method.binauralize(clip), row.clip_id)
    except BenchError:
        raise
    except Exception as error:
        raise PredictionError(f"the method raised {type(error).__name__}: {error}") from error


def equally_loud(ears: dict[str, Tensor]) -> dict[str, Tensor]:
    """Bring versions of a clip to one level, so that none is preferred for being louder.

    All get the RMS of the first, both ears pooled, which keeps the difference between the ears; then all are scaled
    together so that the largest peak is 0.95. Silence stays silence.

    Args:
        ears: ``(2, samples)`` each.

    Returns:
        The same versions.
    """
    wanted = rms(next(iter(ears.values())))
    level = {name: sound * (wanted / rms(sound)) if rms(sound) > _SILENT_RMS else sound for name, sound in ears.items()}
    peak = max(float(sound.abs().max()) for sound in level.values())
    return {name: sound * (_PEAK / peak) if peak else sound for name, sound in level.items()}
