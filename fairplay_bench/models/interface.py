"""What a method is, and what it is given.

A method is any object with ``binauralize(clip)``. It never receives the target: a :class:`MonoClip` holds the mean
of the ears, the pictures and the levels that the protocol allows, nothing else.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.dsp.level import rms
from fairplay_bench.dsp.windows import WINDOW_SAMPLES
from fairplay_bench.errors import MethodError
from fairplay_bench.media.frames import frame_name, read_image
from fairplay_bench.media.pictures import frame_number
from fairplay_bench.records import CONDITIONS, V1, Condition, ModelCard
from fairplay_bench.records import Protocol as EvaluationProtocol


class Frames:
    """The pictures of a clip, ten a second; each is read once however many windows share it.

    Args:
        folder: holds ``000001.jpg`` and on.
        count: how many there are.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self._folder, self.count = folder, count
        self._read: dict[int, Tensor] = {}

    def number_at(self, time_s: float) -> int:
        """Number, from 1, of the frame that belongs to a moment of the clip."""
        return frame_number(time_s, self.count)

    def at(self, time_s: float) -> Tensor:
        """Picture at a moment.

        Args:
            time_s: seconds from the start of the clip; clamped to the pictures there are.

        Returns:
            ``(3, height, width)``, uint8, RGB. Shared between calls: do not write to it.

        Raises:
            MediaError: if the picture cannot be read.
        """
        number = self.number_at(time_s)
        if number not in self._read:
            self._read[number] = torch.from_numpy(self._image(number)).permute(2, 0, 1)
        return self._read[number]

    def _image(self, number: int) -> NDArray[np.uint8]:
        return read_image(self._folder / frame_name(number))


@dataclass(frozen=True)
class MonoClip:
    """What a method is given of a clip.

    Attributes:
        clip_id: name of the clip.
        mono: ``(samples,)``, float32, the mean of the two ears.
        sample_rate: Hz.
        frames: the pictures.
        window_levels: under a protocol that tells the level of the target, the RMS of both its ears in each of the
            protocol's windows, by first sample; None elsewhere. The harness computes it.
        omni: on the 360° sets the W channel, ``(samples,)``, float32, 48 kHz; None elsewhere.
        decoder: on the 360° sets the filters that made the ears of the ambisonic sound, ``(2, channels, taps)``,
            float64, 48 kHz, W, Y, Z, X; None elsewhere.
        protocol: the protocol that asks: its windows, levels and inverse transform.
    """

    clip_id: str
    mono: Tensor
    sample_rate: int
    frames: Frames
    window_levels: Mapping[int, float] | None = field(default=None, repr=False)
    omni: Tensor | None = field(default=None, repr=False)
    decoder: Tensor | None = field(default=None, repr=False)
    protocol: EvaluationProtocol = V1

    @cached_property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.mono.shape[-1] / self.sample_rate

    def level(self, start: int, stop: int) -> float:
        """Level that the protocol scales a window by before a network hears it.

        Args:
            start: first sample.
            stop: one past the last; beyond the end of the clip counts as silence.

        Returns:
            RMS of the sum of the ears; under ``gao2019`` that of both target ears, an oracle.

        Raises:
            MethodError: if the window is empty, or under ``gao2019`` not one of the protocol's.
        """
        if not 0 <= start < stop:
            raise MethodError(f"level({start}, {stop}): the window is empty; give samples 0 <= start < stop.")
        if self.window_levels is None:
            total = 2 * self.mono[start:stop]
            return rms(total) * (total.shape[-1] / (stop - start)) ** 0.5 if total.shape[-1] else 0.0
        if stop - start != WINDOW_SAMPLES or start not in self.window_levels:
            raise MethodError(
                f"level({start}, {stop}): this protocol tells the level of its own windows alone, "
                f"{WINDOW_SAMPLES} samples from those that fairplay_bench.dsp.windows.window_starts gives."
            )
        return self.window_levels[start]


@runtime_checkable
class Binauralizer(Protocol):
    """A method that makes two ears of one mono sound and its pictures.

    It may carry ``card``, a :class:`fairplay_bench.records.ModelCard`; a default is made from the class.
    """

    def binauralize(self, clip: MonoClip) -> Tensor:
        """Make two ears.

        Args:
            clip: the mono sound, its pictures and levels.

        Returns:
            ``(2, samples)``, float, left ear first, as long as ``clip.mono``.
        """
        ...


class Pictures(Protocol):
    """Pictures by moment; :class:`Frames` is one. Asked in ascending order."""

    def number_at(self, time_s: float) -> int:
        """Number of the picture that belongs to a moment."""
        ...

    def at(self, time_s: float) -> Tensor:
        """Picture at a moment, ``(3, height, width)``, uint8, RGB."""
        ...


@runtime_checkable
class Ambisonizer(Protocol):
    """A method that makes first-order ambisonics of one omnidirectional sound and its pictures.

    It may carry ``card`` too, and ``binauralize`` beside, as a method that decodes what it makes.
    """

    def ambisonize(self, clip: MonoClip) -> Tensor:
        """Make first-order channels.

        Args:
            clip: the W channel, ``clip.omni``, and the pictures.

        Returns:
            ``(4, samples)``, float, W, Y, Z, X (ACN, SN3D) at 48 kHz, as long as ``clip.omni``.
        """
        ...


@runtime_checkable
class Separator(Protocol):
    """A method that parts the mixture of two clips by their pictures.

    It may carry ``card`` too, and ``condition``, one of :data:`fairplay_bench.records.CONDITIONS`: which sound of the
    clips is mixed for it; the two recorded ears by default. With ``"predicted-binaural"`` it carries ``binauralizer``,
    the :class:`Binauralizer` that makes two ears of each clip's mono.
    """

    def separate(self, mixture: Tensor, sample_rate: int, frames: tuple[Pictures, Pictures]) -> Tensor:
        """Part a mixture.

        Args:
            mixture: ``(ears, samples)``, float32, one or two ears.
            sample_rate: Hz.
            frames: the pictures of the two clips, each asked in ascending order of time.

        Returns:
            ``(2 sources, ears, samples)``, in the order of the pictures.
        """
        ...


def condition_of(method: object) -> Condition:
    """Return which sound is mixed for a separator.

    Raises:
        MethodError: if its ``condition`` is none of those there are, or needs a binauralizer that it lacks.
    """
    name, condition = type(method).__name__, getattr(method, "condition", CONDITIONS[-1])
    if condition not in CONDITIONS:
        raise MethodError(f"{name}.condition: one of {', '.join(CONDITIONS)} is needed, got {condition!r}.")
    if condition == "predicted-binaural" and not isinstance(getattr(method, "binauralizer", None), Binauralizer):
        raise MethodError(f"{name}.binauralizer: predicted-binaural needs a method with binauralize(clip).")
    return condition


def card_of(method: object) -> ModelCard:
    """Card of a method; made from its class where it has none.

    Raises:
        MethodError: if ``card`` is something else, or a field of it is not what a result file can hold.
    """
    from pydantic import TypeAdapter, ValidationError

    name, card = type(method).__name__, getattr(method, "card", None)
    if card is None:
        return ModelCard(name=name)
    if not isinstance(card, ModelCard):
        raise MethodError(f"{name}.card: a fairplay_bench.records.ModelCard is needed, got {card!r}.")
    try:
        return TypeAdapter(ModelCard).validate_python(asdict(card))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise MethodError(f"{name}.card.{where}: {first['msg']}, got {first['input']!r}.") from error
