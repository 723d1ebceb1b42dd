r"""Magnitude least squares (MagLS): ambisonic decoding to two ears without loudspeakers.

Schörkhuber, Zaunschirm and Höldrich, "Binaural rendering of ambisonic signals via magnitude least squares", DAGA 2018.
Below a crossover the filters reproduce the head's responses of all measured directions in the least-squares sense.
Above it a low order cannot follow the phase, and the ear does not ask it to: there only the magnitudes are to be met,
with the phase that the filters of the frequency just below would give,

.. math:: h_k = Y^+ \left( |H_k| e^{i \arg(Y h_{k-1})} \right) .

The diffuse-field equalisation then gives every frequency the energy that the head itself has in the mean over its
directions. The bulk delay is taken out before, or the phase would turn too fast from one frequency to the next, and put
back after.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from hrtf.ambisonics import channel_count, spherical_harmonics
from hrtf.decoder import Decoder
from hrtf.directions import Floats
from hrtf.errors import DecoderError
from hrtf.hrir_set import HrirSet
from hrtf.onsets import shifted

Complexes = NDArray[np.complex128]

OVERSAMPLING = 2  # finer bins than the taps resolve, so that what rings before time zero does not wrap around
MAX_EQUALISATION = 4.0  # 12 dB; more would be noise where the head's responses hold nothing
MAX_CUT = 1e-3  # of the energy; measured heads ring for 5 ms, rooms for much longer
FADE_OUT_TAPS = 64
FADE_IN_TAPS = 16


def magls(
    hrirs: HrirSet,
    order: int = 1,
    *,
    crossover_hz: float = 2000.0,
    n_taps: int = 1024,
    diffuse_field: bool = True,
    name: str | None = None,
) -> Decoder:
    """A magnitude least-squares decoder for a head; all its measured directions weigh the same.

    Args:
        hrirs: the head.
        order: ambisonic order, 1 to 4.
        crossover_hz: above it only magnitudes are matched; infinite gives plain least squares.
        n_taps: length of the filters; what rings on later is cut.
        diffuse_field: equalise the mean energy over the directions.
        name: of the decoder; made from the parameters if not given.

    Raises:
        DecoderError: if the head has fewer directions than channels, or its responses ring on beyond the taps.
    """
    channels = channel_count(order)
    if len(hrirs.azimuth_deg) < 2 * channels:
        raise DecoderError(f"{hrirs.name} has {len(hrirs.azimuth_deg)} directions, too few for order {order}")
    lost = np.square(hrirs.responses[..., n_taps:]).sum() / np.square(hrirs.responses).sum()
    if lost > MAX_CUT:
        raise DecoderError(f"{n_taps} taps cut off {lost:.1%} of the energy of {hrirs.name}: take more")
    harmonics = spherical_harmonics(order, hrirs.azimuth_deg, hrirs.elevation_deg)
    points = OVERSAMPLING * fft.next_fast_len(max(n_taps, hrirs.total_taps), real=True)
    bulk = hrirs.bulk_delay_samples
    phase = 2j * np.pi * fft.rfftfreq(points) * (bulk - hrirs.delays_samples[..., None])
    targets = fft.rfft(hrirs.responses, points) * np.exp(phase)  # directions, ears, bins
    crossover_bin = int(np.ceil(min(crossover_hz / hrirs.sample_rate, 1.0) * points))
    spectra = _fit(targets, harmonics, crossover_bin)
    if diffuse_field:
        spectra = spectra * _equalisation(targets, harmonics, spectra)
    return Decoder(
        name=name or f"magls(order {order}, {crossover_hz:g} Hz{'' if diffuse_field else ', not equalised'})",
        sample_rate=hrirs.sample_rate,
        responses=_causal(spectra, points, bulk, float(hrirs.onsets_samples.min()), n_taps),
        delay_samples=bulk,
        provenance={
            "method": "magls",
            "order": order,
            "crossover_hz": float(crossover_hz),
            "diffuse_field": diffuse_field,
            "taps": n_taps,
            **hrirs.provenance(),
        },
    )


def _fit(targets: Complexes, harmonics: Floats, crossover_bin: int) -> Complexes:
    """Filters ``(ears, channels, bins)`` that match ``(directions, ears, bins)``."""
    inverse = np.linalg.pinv(harmonics)  # channels, directions
    spectra = np.einsum("cd,dek->eck", inverse, targets)
    magnitudes = np.abs(targets)
    for k in range(max(crossover_bin, 1), targets.shape[-1]):
        previous = np.einsum("dc,ec->de", harmonics, spectra[:, :, k - 1])
        turned = magnitudes[:, :, k] * np.exp(1j * np.angle(previous))
        spectra[:, :, k] = np.einsum("cd,de->ec", inverse, turned)
    return np.asarray(spectra)


def _equalisation(targets: Complexes, harmonics: Floats, spectra: Complexes) -> Floats:
    """Gains ``(bins,)``, alike for both ears so that no level difference moves."""
    wanted = np.square(np.abs(targets)).sum(axis=(0, 1))
    moments = harmonics.T @ harmonics
    got = np.einsum("eck,cd,edk->k", np.conj(spectra), moments, spectra).real
    floor = 1e-9 * wanted.max()
    gains = np.sqrt((wanted + floor) / (np.maximum(got, 0.0) + floor))
    return np.clip(gains, 1 / MAX_EQUALISATION, MAX_EQUALISATION)


def _causal(spectra: Complexes, points: int, bulk: float, earliest: float, n_taps: int) -> Floats:
    """Filters ``(ears, channels, taps)`` delayed by the bulk delay.

    What rings before time zero is cut; both ends are faded, the first one only within what comes before the earliest
    onset of the head.
    """
    responses = np.roll(fft.irfft(spectra, points), points // 2, axis=-1)
    responses = shifted(responses, np.array(bulk))[..., points // 2 : points // 2 + n_taps].copy()
    fade_in = int(np.clip(earliest / 2, 1, FADE_IN_TAPS))
    responses[..., :fade_in] *= np.sin(np.linspace(0, np.pi / 2, fade_in)) ** 2
    responses[..., -FADE_OUT_TAPS:] *= np.cos(np.linspace(0, np.pi / 2, FADE_OUT_TAPS)) ** 2
    return np.asarray(responses)
