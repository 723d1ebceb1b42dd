"""Measure every candidate decoder against direct rendering with the same head, as Markdown tables.

    python -m benchmarks.measure_decoders spherical-head path/to/set.sofa ...

The tables in docs/hrtf.md come from here. Horizon: 72 azimuths; sphere: up to 600 of the measured directions. The last
two columns count the azimuths of the horizon whose louder or earlier ear is the wrong one, and say how far from the
median plane the worst of them lies.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from hrtf.catalogue import load_head
from hrtf.decoder import Decoder
from hrtf.decoder_errors import decoder_errors, wrong_sides
from hrtf.decoders import DECODERS, make_decoder
from hrtf.hrir_set import HrirSet
from hrtf.layouts import layout_names
from hrtf.magls import magls
from hrtf.virtual_speakers import virtual_speakers

SAMPLE_RATE = 48000
HORIZON_DEG = np.arange(-180.0, 180.0, 5.0)
SPHERE_DIRECTIONS = 600
CROSSOVERS_HZ = (1000.0, 1500.0, 2000.0, 3000.0, float("inf"))
HEADER = (
    "| decoder | ITD horizon µs | ILD horizon dB | mag. horizon dB | ITD sphere µs | ILD sphere dB | mag. sphere dB "
    "| mag. sphere, one gain dB | louder ear wrong | earlier ear wrong |\n" + "|---" * 10 + "|"
)


def candidates(hrirs: HrirSet) -> Iterator[tuple[str, Callable[[], Decoder]]]:
    """Every decoder to measure, by name; speakers below the measured directions take the nearest one."""
    for name in DECODERS:
        yield f"**{name}**", partial(make_decoder, name, hrirs)
    for crossover_hz in CROSSOVERS_HZ:
        yield f"magls, crossover {crossover_hz:g} Hz", partial(magls, hrirs, 1, crossover_hz=crossover_hz)
    yield "magls, 2000 Hz, not equalised", partial(magls, hrirs, 1, diffuse_field=False)
    for layout_name in layout_names():
        for max_re in (False, True):
            label = f"{layout_name}, pseudo-inverse{', max-rE' if max_re else ''}"
            yield label, partial(virtual_speakers, hrirs, layout_name, 1, max_re=max_re, beyond="nearest")
    for layout_name in ("octagon", "cube"):
        label = f"{layout_name}, projection"
        yield label, partial(virtual_speakers, hrirs, layout_name, 1, method="projection", beyond="nearest")
    for order in (2, 3, 4):
        yield f"order {order}: magls, 2000 Hz", partial(magls, hrirs, order)


def row(label: str, decoder: Decoder, hrirs: HrirSet) -> str:
    """One line of the table."""
    step = -(-len(hrirs.azimuth_deg) // SPHERE_DIRECTIONS)
    horizon = decoder_errors(decoder, hrirs, HORIZON_DEG, np.zeros_like(HORIZON_DEG))
    sphere = decoder_errors(decoder, hrirs, hrirs.azimuth_deg[::step], hrirs.elevation_deg[::step])
    wrong = wrong_sides(decoder, HORIZON_DEG)
    figures = [horizon.itd_us, horizon.ild_db, horizon.magnitude_db]
    figures += [sphere.itd_us, sphere.ild_db, sphere.magnitude_db, sphere.shape_db]
    cells = [f"{value:.0f}" if value > 20 else f"{value:.1f}" for value in figures]
    for count, angle_deg in ((wrong.louder, wrong.louder_deg), (wrong.earlier, wrong.earlier_deg)):
        cells.append(f"{count} (to {angle_deg:.0f}°)" if count else "0")
    far = decoder.provenance.get("speakers_beyond_gap", 0)
    note = f" ({far} extrapolated)" if far else ""
    return f"| {label}{note} | {' | '.join(cells)} |"


def main(heads: list[str]) -> None:
    """Print one table a head."""
    for head in heads:
        hrirs = load_head(head, sample_rate=SAMPLE_RATE)
        print(f"\n### {hrirs.name} ({len(hrirs.azimuth_deg)} directions, at {SAMPLE_RATE} Hz)\n\n{HEADER}")
        for label, make in candidates(hrirs):
            print(row(label, make(), hrirs), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["spherical-head"])
