"""How far a decoder is from the head it imitates: plane waves decoded, against the head's own responses."""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from hrtf.ambisonics import spherical_harmonics
from hrtf.decoder import Decoder
from hrtf.directions import Floats
from hrtf.hrir_set import HrirSet
from hrtf.interaural import ITD_BAND_HZ, ild_db, itd_s

LOWEST_HZ = 400.0  # directional transfer functions (DTFs) hold nothing valid below
HIGHEST_HZ = 16000.0
MEDIAN_DEG = 1e-6  # nearer to the median plane than this there is no right side


@dataclass(frozen=True, slots=True)
class DecoderErrors:
    """Mean absolute errors over directions; levels in third-octave bands from 400 Hz to 16 kHz, time 400-1500 Hz.

    Attributes:
        itd_us: of the time difference, by cross-correlation.
        ild_db: of the level difference, over bands.
        magnitude_db: of the level at each ear, over bands.
        shape_db: the same with one gain for all directions, bands and ears allowed.
    """

    itd_us: float
    ild_db: float
    magnitude_db: float
    shape_db: float


@dataclass(frozen=True, slots=True)
class WrongSides:
    """Where a decoded plane wave is on the wrong side of the head.

    Attributes:
        louder: directions whose louder ear is the wrong one.
        louder_deg: the largest angle of such a direction from the median plane; 0 if there is none.
        earlier: directions whose earlier ear is the wrong one.
        earlier_deg: the largest angle of such a direction from the median plane; 0 if there is none.
    """

    louder: int
    louder_deg: float
    earlier: int
    earlier_deg: float


def decoded(decoder: Decoder, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
    """The ears' responses ``(directions, 2, taps)`` to plane waves, encoded and decoded."""
    return decoder.plane_wave(spherical_harmonics(decoder.order, azimuth_deg, elevation_deg))


def decoder_errors(decoder: Decoder, hrirs: HrirSet, azimuth_deg: Floats, elevation_deg: Floats) -> DecoderErrors:
    """Compare a decoder with the head at directions ``(directions,)``.

    Raises:
        RateMismatchError: if the two have different rates.
        DirectionError: if the head was not measured near a direction.
    """
    hrirs.check_rate(decoder.sample_rate)
    rate = hrirs.sample_rate
    wanted = hrirs.impulse_responses(azimuth_deg, elevation_deg)
    got = decoded(decoder, azimuth_deg, elevation_deg)
    band_hz = (LOWEST_HZ, ITD_BAND_HZ[1])
    wanted_db, got_db = third_octaves_db(wanted, rate), third_octaves_db(got, rate)
    deviation = got_db - wanted_db
    return DecoderErrors(
        itd_us=float(1e6 * np.abs(itd_s(got, rate, band_hz) - itd_s(wanted, rate, band_hz)).mean()),
        ild_db=float(np.abs(deviation[:, 0] - deviation[:, 1]).mean()),
        magnitude_db=float(np.abs(deviation).mean()),
        shape_db=float(np.abs(deviation - np.median(deviation)).mean()),
    )


def wrong_sides(decoder: Decoder, azimuth_deg: Floats) -> WrongSides:
    """Which plane waves from the horizon have the louder or the earlier ear on the wrong side.

    Level from 0.2 to 8 kHz, time by cross-correlation from 100 to 1500 Hz.
    """
    ears = decoded(decoder, azimuth_deg, np.zeros_like(azimuth_deg))
    sine = np.sin(np.radians(azimuth_deg))
    lateral_deg = np.degrees(np.arcsin(np.clip(np.abs(sine), 0.0, 1.0)))
    lateral = lateral_deg > MEDIAN_DEG
    louder = lateral & (np.sign(sine) * ild_db(ears, decoder.sample_rate) <= 0)
    earlier = lateral & (np.sign(sine) * itd_s(ears, decoder.sample_rate) <= 0)
    return WrongSides(
        louder=int(louder.sum()),
        louder_deg=float(lateral_deg[louder].max(initial=0.0)),
        earlier=int(earlier.sum()),
        earlier_deg=float(lateral_deg[earlier].max(initial=0.0)),
    )


def third_octaves_db(responses: Floats, sample_rate: int) -> Floats:
    """Levels ``(..., bands)`` in dB of responses ``(..., taps)`` in third-octave bands from 400 Hz to 16 kHz."""
    points = fft.next_fast_len(max(4096, responses.shape[-1]), real=True)
    frequency_hz = fft.rfftfreq(points, 1 / sample_rate)
    power = np.square(np.abs(fft.rfft(responses, points)))
    top_hz = min(HIGHEST_HZ, 0.45 * sample_rate)
    count = int(np.floor(3 * np.log2(top_hz / LOWEST_HZ))) + 1
    centres = LOWEST_HZ * 2 ** (np.arange(count) / 3)
    inside = (frequency_hz >= centres[:, None] * 2 ** (-1 / 6)) & (frequency_hz < centres[:, None] * 2 ** (1 / 6))
    return np.asarray(10 * np.log10(np.maximum(power @ inside.T.astype(np.float64), 1e-20)))
