"""Decoding by virtual loudspeakers: an ambisonic decoder for a layout, each speaker heard through its HRIR.

Gains (Zotter and Frank, Ambisonics, 2019, chapter 4): projection samples the sound field at the speakers; the pseudo-
inverse (mode matching) makes the speakers' sum match the sound field's harmonics; max-rE weights then trade that match
for a tighter energy, degree by degree. On a circle only the harmonics of the circle (n = |m|) are decoded.
"""

from typing import Literal

import numpy as np
from scipy.special import eval_legendre

from hrtf.ambisonics import channel_count, degrees_and_indices, spherical_harmonics
from hrtf.decoder import Decoder
from hrtf.directions import Floats
from hrtf.errors import DecoderError
from hrtf.hrir_set import MAX_GAP_DEG, Beyond, HrirSet
from hrtf.layouts import Layout, layout

Method = Literal["projection", "pseudo-inverse"]


def max_re_weights(order: int, flat: bool = False) -> Floats:
    """Weights ``(order + 1,)`` of the degrees that make the energy vector longest, 1 at degree 0.

    On the sphere the usual approximation ``P_n(cos(137.9° / (N + 1.51)))``, on a circle ``cos(n 90° / (N + 1))``.
    """
    degrees = np.arange(order + 1)
    if flat:
        return np.asarray(np.cos(degrees * np.pi / (2 * order + 2)))
    return np.asarray(eval_legendre(degrees, np.cos(np.radians(137.9) / (order + 1.51))))


def speaker_gains(speakers: Layout, order: int, method: Method = "pseudo-inverse", max_re: bool = False) -> Floats:
    """Gains ``(speakers, channels)`` of a layout for ACN channels with SN3D weights.

    A plane wave's gains sum to 1 over the speakers, with max-rE too.

    Raises:
        DecoderError: if the method is unknown or the layout has too few speakers for the order.
    """
    pairs = degrees_and_indices(order)
    used = np.array([n == abs(m) or not speakers.flat for n, m in pairs])
    wanted = 2 * order + 1 if speakers.flat else channel_count(order)
    if len(speakers.azimuth_deg) < wanted or (not speakers.flat and speakers.strength < 2 * order):
        raise DecoderError(
            f"layout {speakers.name} ({len(speakers.azimuth_deg)} speakers) is too coarse for order {order}"
        )
    harmonics = spherical_harmonics(order, speakers.azimuth_deg, speakers.elevation_deg)[:, used]
    degrees = np.array([n for n, _ in pairs])[used]
    if method == "projection":
        if speakers.flat:
            peak = np.max(spherical_harmonics(order, np.arange(0, 360, 0.25), 0.0)[:, used], axis=0)
            decoded = harmonics * np.where(degrees > 0, 2.0, 1.0) / peak**2 / len(harmonics)
        else:
            decoded = harmonics * (2 * degrees + 1) / len(harmonics)
    elif method == "pseudo-inverse":
        decoded = np.linalg.pinv(harmonics.T)
    else:
        raise DecoderError(f"unknown method {method!r}: projection or pseudo-inverse")
    if max_re:
        decoded = decoded * max_re_weights(order, speakers.flat)[degrees]
    gains = np.zeros((len(harmonics), len(pairs)))
    gains[:, used] = decoded
    return gains


def virtual_speakers(
    hrirs: HrirSet,
    speakers: Layout | str,
    order: int = 1,
    *,
    method: Method = "pseudo-inverse",
    max_re: bool = False,
    max_gap_deg: float = MAX_GAP_DEG,
    beyond: Beyond = "refuse",
    name: str | None = None,
) -> Decoder:
    """A decoder that plays a layout of loudspeakers to the head.

    Args:
        hrirs: the head.
        speakers: a layout or its name.
        order: ambisonic order; the layout must be fine enough.
        method: how the speakers' gains are found.
        max_re: weight the degrees for the longest energy vector.
        max_gap_deg: how far a speaker may be from a measured direction.
        beyond: what happens to a speaker further away: ``"refuse"``, or ``"nearest"``: it sounds as from the nearest
            measured direction.
        name: of the decoder; made from the parameters if not given.

    Raises:
        DirectionError: if a speaker is too far from the measured directions.
        DecoderError: if the layout is too coarse for the order.
    """
    chosen = layout(speakers) if isinstance(speakers, str) else speakers
    gains = speaker_gains(chosen, order, method, max_re)
    ears = hrirs.impulse_responses(chosen.azimuth_deg, chosen.elevation_deg, max_gap_deg=max_gap_deg, beyond=beyond)
    far = int((hrirs.nearest(chosen.azimuth_deg, chosen.elevation_deg)[1] > max_gap_deg + 1e-6).sum())
    return Decoder(
        name=name or f"virtual-speakers({chosen.name}, {method}{', max-rE' if max_re else ''}, order {order})",
        sample_rate=hrirs.sample_rate,
        responses=np.einsum("sc,set->ect", gains, ears),
        delay_samples=hrirs.bulk_delay_samples,
        provenance={
            "method": "virtual-speakers",
            "layout": chosen.name,
            "gains": method,
            "max_re": max_re,
            "order": order,
            "speakers_beyond_gap": far,
            **hrirs.provenance(),
        },
    )
