"""Prediction window by window, shared by every method whose network hears 0.63 s at a time.

Windows are predicted in batches, each picture is encoded once however many windows share it, and what is finished
leaves at once, so that memory stays flat over sounds of any length. A window's sum of the ears is brought to the
protocol's level, its predicted ears are divided by the same gain, and overlaps are averaged. A network that predicts
the difference of the ears makes them by :func:`ears_of_difference`, which keeps the mono as it is; one that predicts
each ear by itself need not keep it.
"""

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from textwrap import shorten
from typing import Literal, Protocol

import torch
from torch import Tensor
from torch.nn.functional import pad

from fairplay_bench.dsp.level import window_gain
from fairplay_bench.dsp.windows import WINDOW_SAMPLES, window_centre_s, window_starts
from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.models.interface import MonoClip, Pictures
from fairplay_bench.models.side_by_side import side_by_side, threads_at_once
from fairplay_bench.models.window_pictures import BatchPictures, WindowPictures
from fairplay_bench.records import WINDOWS_AT_ONCE, ModelCard
from fairplay_bench.records import Protocol as EvaluationProtocol

_SHOWN = 200  # characters of what torch says of a device
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Window:
    """What is predicted at once.

    Attributes:
        start: first sample.
        mono: ``(10080,)``, the mean of the ears; zeros beyond the end of the sound.
        level: the protocol's level of this window.
        time_s: moment whose picture belongs to it.
        samples: how many of its samples belong to the sound.
    """

    start: int
    mono: Tensor
    level: float
    time_s: float
    samples: int


class WindowNetwork(Protocol):
    """A network made ready to predict windows; on a processor it is asked by several threads at once.

    Attributes:
        device: where it runs.
        picture_size: height and width of its pictures; None for a network that sees nothing.
    """

    device: torch.device
    picture_size: tuple[int, int] | None

    def encode(self, pictures: Tensor) -> Tensor:
        """Codes ``(n, …)`` of pictures ``(n, 3, height, width)``, uint8."""
        ...

    def ears(self, sums: Tensor, seen: Tensor | None, inverse_n_fft: Literal[510, 512]) -> Tensor:
        """Two ears ``(n, 2, samples)``, left first, from sums ``(n, samples)`` and the codes of their pictures."""
        ...


class TrainedNetwork(Protocol):
    """A trained network that can be made ready to predict."""

    def ready(self, device: torch.device, dtype: torch.dtype) -> WindowNetwork:
        """Return a copy on a device, in a precision."""
        ...


class WindowedBinauralizer:
    """A method that predicts window by window.

    Args:
        trained: its network.
        card: who it is.
        device: where it runs, as torch says.

    Raises:
        OptionError: if there is no such device.
    """

    def __init__(self, trained: TrainedNetwork, card: ModelCard, device: str = "cpu") -> None:
        self.card = card
        self._trained, self._device = trained, checked_device(device)
        self._batch, self._precision = WINDOWS_AT_ONCE, "fp32"
        self._ready: WindowNetwork | None = None

    def configure(self, precision: str = "fp32", batch: int = WINDOWS_AT_ONCE) -> None:
        """Choose how windows are computed.

        Args:
            precision: ``"fp32"``, or ``"bf16"``: faster where the processor has such units, less exact.
            batch: windows at once, shared out among the cores.

        Raises:
            OptionError: if either is not possible.
        """
        if precision not in PRECISIONS:
            raise UnknownNameError("precision", precision, PRECISIONS)
        if batch < 1:
            raise OptionError(f"--batch {batch}: at least one window is needed.")
        self._batch, self._precision, self._ready = batch, precision, None

    @property
    def sees(self) -> bool:
        """Whether it looks at pictures."""
        return self.network.picture_size is not None

    @property
    def network(self) -> WindowNetwork:
        """Its network made ready to predict, as :meth:`configure` says."""
        if self._ready is None:
            self._ready = self._trained.ready(self._device, PRECISIONS[self._precision])
        return self._ready

    def binauralize(self, clip: MonoClip) -> Tensor:
        """Make two ears, ``(2, samples)``, of a clip."""
        return torch.cat(list(self.stream(clip_windows(clip), clip.frames, clip.protocol)), dim=1)

    def stream(
        self, windows: Iterable[Window], pictures: Pictures | None, protocol: EvaluationProtocol
    ) -> Iterator[Tensor]:
        """Make two ears as the sound comes in.

        Args:
            windows: the protocol's windows of the sound, ascending.
            pictures: its pictures; not needed by a network that sees nothing.
            protocol: gives the level, the inverse transform and the windows' distance.

        Yields:
            ``(2, n)``, one piece after another, together as long as the sound.

        Raises:
            OptionError: if the network needs pictures and there are none.
        """
        network, average = self.network, _RunningAverage()
        share = -(-self._batch // threads_at_once(network.device))
        batches, predict = _batches(windows, pictures, network, share), _Prediction(network, protocol)
        for predicted in side_by_side(batches, predict, network.device):
            for window, ears in zip(predicted.windows, predicted.ears, strict=True):
                yield average.advance(window.start)
                average.add(window, ears)
        yield average.rest()


@dataclass(frozen=True, slots=True)
class _Batch:
    windows: list[Window]
    pictures: BatchPictures | None


@dataclass(frozen=True, slots=True)
class _Predicted:
    """What came of a batch.

    Attributes:
        windows: that were predicted.
        ears: of each, ``(n, 2, samples)``.
        codes: of the pictures that they showed, by number.
    """

    windows: list[Window]
    ears: Tensor
    codes: dict[int, Tensor]


def _batches(
    windows: Iterable[Window], pictures: Pictures | None, network: WindowNetwork, size: int
) -> Iterator[_Batch]:
    """Batches of so many windows, with their pictures read."""
    source, shown = iter(windows), WindowPictures(network.picture_size, pictures)
    while batch := list(islice(source, min(size, sys.maxsize))):
        yield _Batch(batch, shown.of([window.time_s for window in batch]))


@dataclass(frozen=True, slots=True)
class _Prediction:
    """Predicts batches; a picture is encoded in the first one that shows it."""

    network: WindowNetwork
    protocol: EvaluationProtocol

    def __call__(self, batch: _Batch, before: "Future[_Predicted] | None") -> _Predicted:
        codes = {} if batch.pictures is None else self._codes(batch.pictures, before)
        seen = None if batch.pictures is None else torch.stack([codes[number] for number in batch.pictures.numbers])
        gains = torch.tensor([window_gain(window.level, self.protocol.window_level) for window in batch.windows])
        sums = 2 * torch.stack([window.mono for window in batch.windows]) * gains[:, None]
        ears = self.network.ears(sums.to(self.network.device), seen, self.protocol.inverse_n_fft)
        return _Predicted(batch.windows, ears.float().cpu() / gains[:, None, None], codes)

    def _codes(self, pictures: BatchPictures, before: "Future[_Predicted] | None") -> dict[int, Tensor]:
        codes: dict[int, Tensor] = {}
        if pictures.fresh:
            rows = torch.stack([picture.permute(1, 2, 0) for picture in pictures.fresh.values()])  # as they lie
            encoded = self.network.encode(rows.permute(0, 3, 1, 2).to(self.network.device))
            codes |= zip(pictures.fresh, encoded, strict=True)
        if before is not None:
            shared = set(pictures.numbers) - set(codes)
            codes |= {number: before.result().codes[number] for number in shared}
        return codes


class _RunningAverage:
    """Averages overlapping windows and hands out what no later window can change."""

    def __init__(self) -> None:
        self._from = 0
        self._ears, self._count = torch.zeros(2, 0), torch.zeros(0)

    def add(self, window: Window, ears: Tensor) -> None:
        """Add the ears of a window, ``(2, samples)``."""
        first, stop = window.start - self._from, window.start - self._from + window.samples
        missing = max(0, stop - len(self._count))
        self._ears, self._count = pad(self._ears, (0, missing)), pad(self._count, (0, missing))
        self._ears[:, first:stop] += ears[:, : window.samples]
        self._count[first:stop] += 1

    def advance(self, start: int) -> Tensor:
        """Ears ``(2, n)`` of everything before ``start`` that was not handed out yet."""
        ready = max(0, min(start - self._from, len(self._count)))
        finished = self._ears[:, :ready] / self._count[:ready]
        self._ears, self._count, self._from = self._ears[:, ready:], self._count[ready:], self._from + ready
        return finished

    def rest(self) -> Tensor:
        """Ears of everything that is left."""
        return self.advance(self._from + len(self._count))


def ears_of_difference(sums: Tensor, differences: Tensor) -> Tensor:
    """Ears of which the sum and the difference are known: ``(sum ± difference) / 2``.

    Args:
        sums: ``(n, samples)``.
        differences: same shape, left minus right.

    Returns:
        ``(n, 2, samples)``, left first.
    """
    return torch.stack([sums + differences, sums - differences], dim=-2) / 2


def clip_windows(clip: MonoClip) -> Iterator[Window]:
    """The protocol's windows over a clip.

    Args:
        clip: at 16 kHz.

    Yields:
        Ascending; a clip shorter than a window gives one, padded with zeros.
    """
    samples = len(clip.mono)
    starts = window_starts(samples, round(clip.protocol.hop_s * clip.sample_rate))
    for start in starts:
        stop = min(start + WINDOW_SAMPLES, samples)
        mono = pad(clip.mono[start:stop], (0, WINDOW_SAMPLES - (stop - start)))
        level = clip.level(start, start + WINDOW_SAMPLES)
        yield Window(start, mono, level, picture_moment_s(start, stop, clip.sample_rate), stop - start)


def picture_moment_s(start: int, stop: int, rate: int) -> float:
    """Moment of a window's picture, seconds: its centre; of a window reaching beyond the sound, half one before it."""
    return window_centre_s(min(start, stop - WINDOW_SAMPLES), rate)


def checked_device(name: str) -> torch.device:
    """Return a device that is there, and have fp32 mean it: torch lets convolutions of CUDA round to tf32 by default.

    Raises:
        OptionError: if there is no such device.
    """
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).add(1).tolist()
    except (RuntimeError, AssertionError) as error:  # torch asserts that CUDA was compiled in
        reason = shorten(str(error).splitlines()[0], _SHOWN, placeholder=" …")
        raise OptionError(f"--device {name}: {reason} Give cpu, cuda or cuda:1.") from error
    if device.type == "cuda":
        torch.backends.cudnn.allow_tf32 = False
    return device
