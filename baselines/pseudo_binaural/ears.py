"""Two ears for a scene: each source's mono sound heard from where its picture stands.

Three ways from a direction to two ears. ``direct``: the head's responses of that direction. ``ambisonic``: first
order, decoded by projection to eight loudspeakers on a circle around the head, each heard through the head's responses
(the released code; the supplement has the speakers in front only). ``w-y``: no head, the ears are (W + Y) / 2 and
(W - Y) / 2. All are linear, so that each source needs one filter an ear.

References:
    Xu et al., Visually Informed Binaural Audio Generation without Binaural Audios, CVPR 2021, section 3, its
    supplement and its released code.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from baselines.pseudo_binaural.scene import LEVEL
from fairplay_bench.dsp.level import RMS_FLOOR
from fairplay_bench.records import SAMPLE_RATE
from hrtf.ambisonics import spherical_harmonics
from hrtf.catalogue import ANALYTIC, load_head
from hrtf.directions import Floats
from hrtf.hrir_set import HrirSet
from hrtf.sphere import spherical_head_responses
from hrtf.virtual_speakers import virtual_speakers

StereoMode = Literal["direct", "ambisonic", "w-y"]
SPEAKERS = "octagon"
_HALF_WIDTH_DEG = 180  # a ring of directions has every whole degree from -180 to 180

Direction = tuple[float, float]  # azimuth, elevation, degrees
Mono = NDArray[np.float32]


class EarFilters:
    """The filters of two ears for any direction, at 16 kHz.

    In mode ``direct`` directions are rounded to whole degrees, and all of one elevation are prepared at once when one
    of them is first asked for. A direction further than 10 degrees from every measured one sounds as the nearest one.

    Args:
        mode: which way.
        hrtf: a name of the catalogue or a SOFA file; not looked at by ``w-y``.

    Raises:
        HrtfError: if the head is not known or cannot be used.
    """

    def __init__(self, mode: StereoMode, hrtf: str = ANALYTIC) -> None:
        self.mode, self.hrtf = mode, hrtf
        self.provenance: dict[str, object] = {"head": None}
        if mode == "w-y":
            self._matrix = np.array([[[0.5], [0.5], [0.0], [0.0]], [[0.5], [-0.5], [0.0], [0.0]]])
            self.taps = 1
            return
        head = load_head(hrtf, sample_rate=SAMPLE_RATE)
        self.provenance = dict(head.provenance())
        if mode == "direct":
            self._responses, self._rings = _responses_of(head), dict[int, Floats]()
            self.taps = head.total_taps
        else:
            decoder = virtual_speakers(head, SPEAKERS, method="projection", beyond="nearest")
            self._matrix = decoder.responses
            self.taps = self._matrix.shape[-1]

    def __call__(self, azimuth_deg: float, elevation_deg: float) -> Floats:
        """Filters ``(2, taps)`` of a direction, left ear first."""
        if self.mode == "direct":
            elevation = round(elevation_deg)
            if elevation not in self._rings:
                self._rings[elevation] = _ring(self._responses, elevation)
            ears: Floats = self._rings[elevation][round(azimuth_deg) + _HALF_WIDTH_DEG]
            return ears
        gains = spherical_harmonics(1, azimuth_deg, elevation_deg)
        return np.asarray(np.einsum("c,ect->et", gains, self._matrix))


def render(sounds: Sequence[Mono], directions: Sequence[Direction], filters: EarFilters, samples: int) -> Mono:
    """Render sources at their directions.

    Args:
        sounds: for each source ``(lead_in(filters, samples) + samples,)`` at 16 kHz: what sounds before the segment
            rings on into it.
        directions: of each source.
        filters: of the ears.
        samples: length of the result.

    Returns:
        ``(2, samples)``, left first. Each source's segment has an RMS of 0.1 before it is placed, and so has the sum
        of the ears in the end; what is next to silent is not raised further.
    """
    points = lead_in(filters, samples) + samples
    heard = fft.rfft(np.stack([_at_level(sound, samples) for sound in sounds]))
    responses = fft.rfft(np.stack([filters(*direction) for direction in directions]).astype(np.float32), points)
    total = (heard[:, None] * responses).sum(axis=0)
    ears = fft.irfft(total, points)[:, -samples:]  # the ends of the circle meet within the lead-in
    gain = LEVEL / max(_rms(ears.sum(axis=0)), RMS_FLOOR)
    return np.asarray(ears * np.float32(gain))


def lead_in(filters: EarFilters, samples: int) -> int:
    """How many samples before a segment of so many belong to it: the taps, and up to a length of fast transforms."""
    return int(fft.next_fast_len(samples + filters.taps - 1, real=True)) - samples


def _at_level(sound: Mono, samples: int) -> Mono:
    return sound * np.float32(LEVEL / max(_rms(sound[-samples:]), RMS_FLOOR))


def _rms(sound: Mono) -> float:
    return float(np.sqrt(sound @ sound / len(sound)))


Responses = Callable[[Floats, Floats], Floats]


def _responses_of(head: HrirSet) -> Responses:
    """Impulse responses ``(directions, 2, taps)`` of a head; those of the analytic one by its formula, not its grid."""
    if head.name == ANALYTIC:
        return partial(spherical_head_responses, sample_rate=head.sample_rate, n_taps=head.total_taps)
    return partial(head.impulse_responses, beyond="nearest")


def _ring(responses: Responses, elevation_deg: int) -> Floats:
    """Responses of every whole degree around the head at one elevation."""
    azimuths = np.arange(-_HALF_WIDTH_DEG, _HALF_WIDTH_DEG + 1, dtype=np.float64)
    return responses(azimuths, np.full(len(azimuths), float(elevation_deg)))
