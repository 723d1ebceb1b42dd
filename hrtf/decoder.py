"""A decoder: the filters that turn ambisonic channels into two ears; and running it over whole signals and streams."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from hrtf.ambisonics import channel_count, order_of
from hrtf.directions import Floats
from hrtf.errors import DecoderError, RateMismatchError, ShapeError

FFT_POINTS = 8192  # near the fastest for 1,024 taps: shorter ones repeat more overlap, longer ones leave the cache


@dataclass(frozen=True, eq=False)
class Decoder:
    """A matrix of FIR filters from ambisonic channels to two ears.

    Attributes:
        name: with its version, e.g. ``foa-binaural/1``.
        sample_rate: Hz.
        responses: ``(2, channels, taps)``, left ear first, channels in ACN order with SN3D weights.
        delay_samples: by how much the output is late, the bulk delay of the head's responses.
        provenance: the head and every parameter, as words and numbers that JSON can hold.

    Raises:
        ShapeError: if the responses have another shape or are not finite.
        AmbisonicsError: if their channels are not those of an order.
    """

    name: str
    sample_rate: int
    responses: Floats
    delay_samples: float
    provenance: dict[str, str | int | float | bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the responses and make them read-only."""
        responses = np.array(self.responses, dtype=np.float64)
        if responses.ndim != 3 or responses.shape[0] != 2 or 0 in responses.shape:
            raise ShapeError(f"decoder {self.name}: responses must be (2, channels, taps), not {responses.shape}")
        if not np.isfinite(responses).all():
            raise ShapeError(f"decoder {self.name}: responses are not finite")
        order_of(responses.shape[1])
        responses.setflags(write=False)
        object.__setattr__(self, "responses", responses)

    @property
    def order(self) -> int:
        """Ambisonic order."""
        return order_of(self.responses.shape[1])

    @property
    def channels(self) -> int:
        """Number of ambisonic channels used."""
        return int(self.responses.shape[1])

    def plane_wave(self, gains: Floats) -> Floats:
        """The two ears' responses ``(..., 2, taps)`` to plane waves of ambisonic gains ``(..., channels)``."""
        return np.asarray(np.einsum("...c,ect->...et", gains, self.responses))

    def check(self, channels: int, sample_rate: int) -> None:
        """Refuse a signal of another rate or with too few channels; a higher order is truncated.

        Raises:
            RateMismatchError: if the rates differ.
            AmbisonicsError: if the channels are not those of an order.
            DecoderError: if the order is lower than the decoder's.
        """
        if sample_rate != self.sample_rate:
            raise RateMismatchError(f"decoder {self.name}", self.sample_rate, sample_rate)
        order = order_of(channels)
        if order < self.order:
            raise DecoderError(
                f"decoder {self.name} is of order {self.order} ({channel_count(self.order)} channels), the signal of "
                f"order {order} ({channels}): choose a decoder of that order"
            )


def decode(ambisonic: NDArray[np.floating], decoder: Decoder, sample_rate: int) -> Floats:
    """Decode a whole signal.

    Args:
        ambisonic: ``(channels, samples)``, ACN order, SN3D weights; channels above the decoder's order are ignored.
        decoder: at the same rate.
        sample_rate: Hz.

    Returns:
        ``(2, samples)``, left first, late by ``decoder.delay_samples``; what rings on after the end is cut.

    Raises:
        RateMismatchError: if the rates differ.
        AmbisonicsError: if the channels are not those of an order.
        DecoderError: if the order is lower than the decoder's.
        ShapeError: if the signal is not two-dimensional or not finite.
    """
    return StreamDecoder(decoder, sample_rate).process(ambisonic)


class StreamDecoder:
    """Decode a signal in blocks of any lengths, with the memory of a block and the result of :func:`decode`.

    Overlap-add: the blocks are cut into steps of a fixed length, the spectra of all channels are multiplied with the
    filters and added before one inverse transform an ear. What a block yields ends where the block ends: no latency
    beyond the decoder's delay.
    """

    def __init__(self, decoder: Decoder, sample_rate: int, fft_points: int | None = None) -> None:
        """Prepare the filters.

        Args:
            decoder: to run.
            sample_rate: of the signal, Hz.
            fft_points: length of the transforms; a fast one that suits the filters if not given.

        Raises:
            RateMismatchError: if the rates differ.
            DecoderError: if the transforms are not longer than the filters.
        """
        if sample_rate != decoder.sample_rate:
            raise RateMismatchError(f"decoder {decoder.name}", decoder.sample_rate, sample_rate)
        taps = decoder.responses.shape[-1]
        self.decoder = decoder
        self._points = fft.next_fast_len(max(FFT_POINTS, 4 * taps) if fft_points is None else fft_points, real=True)
        self._step = self._points - taps + 1
        if self._step < 1:
            raise DecoderError(f"transforms of {self._points} points are no longer than the {taps} taps of the filters")
        self._filters = fft.rfft(decoder.responses, self._points)
        self._tail = np.zeros((2, taps - 1))

    def process(self, block: NDArray[np.floating]) -> Floats:
        """Decode the next block ``(channels, samples)``; gives ``(2, samples)``.

        Raises:
            As :func:`decode`.
        """
        array = _checked(block, self.decoder, self.decoder.sample_rate)
        out = np.empty((2, array.shape[1]))
        for start in range(0, array.shape[1], self._step):
            out[:, start : start + self._step] = self._advance(array[:, start : start + self._step])
        return out

    def flush(self) -> Floats:
        """What rings on after the last block, ``(2, taps - 1)``; the next block starts anew."""
        tail, self._tail = self._tail, np.zeros_like(self._tail)
        return tail

    def _advance(self, step: Floats) -> Floats:
        """Decode at most one step and keep what overlaps into the next."""
        spectra = fft.rfft(step, self._points)
        ears = fft.irfft(np.einsum("ck,eck->ek", spectra, self._filters), self._points)
        length = step.shape[1]
        ears[:, : self._tail.shape[1]] += self._tail
        self._tail = ears[:, length : length + self._tail.shape[1]].copy()
        return ears[:, :length]


def decode_blocks(blocks: Iterable[NDArray[np.floating]], decoder: Decoder, sample_rate: int) -> Iterator[Floats]:
    """Decode blocks ``(channels, samples)`` of any lengths one by one, for files that do not fit into memory.

    The blocks that come out are as long as those that go in, and together they are what :func:`decode` gives.

    Raises:
        As :func:`decode`.
    """
    stream = StreamDecoder(decoder, sample_rate)
    for block in blocks:
        yield stream.process(block)


def _checked(ambisonic: NDArray[np.floating], decoder: Decoder, sample_rate: int) -> Floats:
    """The channels that the decoder uses, as float64."""
    array = np.asarray(ambisonic)
    if array.ndim != 2:
        raise ShapeError(f"an ambisonic signal must be (channels, samples), not {array.shape}")
    decoder.check(array.shape[0], sample_rate)
    array = array[: decoder.channels].astype(np.float64, copy=False)
    if not np.isfinite(array).all():
        raise ShapeError("the ambisonic signal holds samples that are not finite")
    return np.asarray(array)
