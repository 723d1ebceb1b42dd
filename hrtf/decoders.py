"""The decoders that have a name and a version, which a result can cite: their parameters never change.

``foa-binaural/1`` is the standard of the suite: first-order MagLS, crossover 2 kHz, the head's bulk delay removed
before and restored after, uniform weights over the measured directions, diffuse-field equalisation, 1,024 taps.
``cube-max-re/1`` is the named alternative: eight virtual loudspeakers on a cube, pseudo-inverse, max-rE weights.
``docs/hrtf.md`` has the measurements that led to them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hrtf.decoder import Decoder
from hrtf.errors import UnknownNameError
from hrtf.hrir_set import HrirSet
from hrtf.magls import magls
from hrtf.virtual_speakers import virtual_speakers

STANDARD = "foa-binaural/1"
_GRID = 2.0**-30


@dataclass(frozen=True, slots=True)
class DecoderSpec:
    """A frozen recipe for a decoder.

    Attributes:
        name: with its version.
        about: one line.
        make: makes it for a head, under this name.
    """

    name: str
    about: str
    make: Callable[[HrirSet, str], Decoder]


def _foa_binaural_1(hrirs: HrirSet, name: str) -> Decoder:
    return magls(hrirs, 1, crossover_hz=2000.0, n_taps=1024, diffuse_field=True, name=name)


def _cube_max_re_1(hrirs: HrirSet, name: str) -> Decoder:
    return virtual_speakers(hrirs, "cube", 1, method="pseudo-inverse", max_re=True, name=name)


_SPECS = (
    DecoderSpec(STANDARD, "first-order MagLS, crossover 2 kHz, 1,024 taps; the standard", _foa_binaural_1),
    DecoderSpec("cube-max-re/1", "eight virtual loudspeakers on a cube, max-rE weights", _cube_max_re_1),
)
DECODERS = {spec.name: spec for spec in _SPECS}


def make_decoder(name: str, hrirs: HrirSet, sample_rate: int | None = None) -> Decoder:
    """A named decoder for a head.

    Its responses are rounded to multiples of 2⁻³⁰, 180 dB below a gain of 1: the last bits of the linear algebra behind
    them depend on the number of threads, and a prepared data set must not.

    Args:
        name: with its version, as in ``DECODERS``.
        hrirs: the head.
        sample_rate: of the signals to decode, Hz; the head is resampled first. The head's own if not given.

    Raises:
        UnknownNameError: if there is no such decoder.
        DirectionError: if a loudspeaker is too far from the measured directions.
        DecoderError: if the head does not suit the decoder.
    """
    if name not in DECODERS:
        raise UnknownNameError("decoder", name, DECODERS)
    made = DECODERS[name].make(hrirs if sample_rate is None else hrirs.resampled(sample_rate), name)
    return replace(made, responses=np.rint(made.responses / _GRID) * _GRID + 0.0)  # which makes -0 a 0
