"""Pictures of an HRIR set: level over azimuth and frequency, interaural differences, and where it was measured."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from hrtf.directions import Floats
from hrtf.hrir_set import HrirSet
from hrtf.interaural import ild_db, itd_s
from hrtf.sound_direction import SoundDirection

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEFT, RIGHT, INK, FAINT = "#1f6fb4", "#c8502d", "#333333", "#d9d9d9"
EARS = ("Left", "Right")
RANGE_DB = (-30.0, 15.0)  # around the mean level
LOWEST_HZ = 200.0
FREQUENCIES = 240
AZIMUTH_STEP_DEG = 2.5
HORIZON_GAP_DEG = 15.0  # how far from the horizon a set may have been measured to be drawn there


def plot_head(hrirs: HrirSet, path: str | Path) -> Path:
    """Draw a set: magnitude over azimuth in the horizontal plane, ITD and ILD over azimuth, measured directions.

    Args:
        hrirs: the set.
        path: of the picture; its suffix (png, pdf, svg) says the format.

    Returns:
        The path.

    Raises:
        DirectionError: if nothing was measured near the horizontal plane.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.0, 9.0), layout="constrained", dpi=120)
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(3, 2, height_ratios=(1.25, 1.0, 1.25))
    azimuth = np.arange(-180.0, 180.0 + AZIMUTH_STEP_DEG / 2, AZIMUTH_STEP_DEG)
    ears = hrirs.impulse_responses(azimuth, 0.0, max_gap_deg=HORIZON_GAP_DEG)
    _magnitudes(figure, [figure.add_subplot(grid[0, column]) for column in range(2)], azimuth, ears, hrirs.sample_rate)
    time_us = 1e6 * itd_s(ears, hrirs.sample_rate)
    _over_azimuth(figure.add_subplot(grid[1, 0]), azimuth, time_us, "Time difference (µs)", "left ear earlier")
    level_db = ild_db(ears, hrirs.sample_rate)
    _over_azimuth(figure.add_subplot(grid[1, 1]), azimuth, level_db, "Level difference (dB)", "left ear louder")
    _directions(figure.add_subplot(grid[2, :]), hrirs)
    figure.suptitle(
        f"{hrirs.name}: {len(hrirs.azimuth_deg)} directions, {hrirs.sample_rate / 1000:g} kHz, "
        f"{hrirs.responses.shape[-1]} taps",
        fontsize=14,
        color=INK,
    )
    figure.savefig(path)
    return Path(path)


def plot_sound_direction(direction: SoundDirection, frame_s: float, path: str | Path, title: str = "") -> Path:
    """Draw where the sound of a recording comes from over time; the louder and the more concentrated, the darker.

    Args:
        direction: as :func:`hrtf.sound_direction.intensity_direction` gives it.
        frame_s: length of a frame.
        path: of the picture.
        title: above it.

    Returns:
        The path.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.0, 6.5), layout="constrained", dpi=120)
    FigureCanvasAgg(figure)
    top, middle, bottom = figure.subplots(3, 1, sharex=True, height_ratios=(2.0, 1.2, 0.8))
    time_s = (np.arange(len(direction.energy)) + 0.5) * frame_s
    level_db = 10 * np.log10(np.maximum(direction.energy / max(direction.energy.max(), 1e-30), 1e-12))
    weight = np.clip(1 + level_db / 50, 0.0, 1.0) * np.sqrt(np.clip(direction.concentration, 0.0, 1.0))
    for axes, angles, limit, name in (
        (top, direction.azimuth_deg, 180, "Azimuth (°)"),
        (middle, direction.elevation_deg, 90, "Elevation (°)"),
    ):
        axes.scatter(time_s, angles, s=7, c=LEFT, alpha=np.clip(weight, 0.03, 1.0), linewidths=0)
        axes.set(ylim=(-limit, limit), ylabel=name, yticks=np.arange(-limit, limit + 1, 90 if limit == 180 else 45))
        _quiet(axes)
    top.text(0.995, 0.96, "left", transform=top.transAxes, ha="right", va="top", color=INK, fontsize=9)
    top.text(0.995, 0.04, "right", transform=top.transAxes, ha="right", va="bottom", color=INK, fontsize=9)
    bottom.plot(time_s, level_db, color=INK, linewidth=0.8)
    bottom.set(xlabel="Time (s)", ylabel="Level (dB)", ylim=(-60, 3), xlim=(0, len(time_s) * frame_s))
    _quiet(bottom)
    figure.suptitle(title or "Direction of the sound (active intensity)", fontsize=13, color=INK)
    figure.savefig(path)
    return Path(path)


def plot_energy_map(
    picture: NDArray[np.uint8], level_db: Floats, range_db: float, path: str | Path, title: str = ""
) -> Path:
    """Draw where the energy of a sound field comes from over an equirectangular picture.

    Args:
        picture: ``(height, width, 3)``, RGB, the front in its middle.
        level_db: ``(rows, columns)`` of the whole sphere as the picture lies, 0 where it is loudest.
        range_db: what lies further below is not coloured.
        path: of the PNG.
        title: above it.

    Returns:
        The path.
    """
    from matplotlib import colormaps
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.0, 5.6), layout="constrained", dpi=120)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    heat = np.clip(1 + level_db / range_db, 0.0, 1.0)
    colours = ListedColormap(colormaps["inferno"](np.linspace(0.25, 1.0, 256)))
    sphere = (180.0, -180.0, -90.0, 90.0)
    axes.imshow(picture, extent=sphere, aspect="equal")
    axes.imshow(heat, extent=sphere, aspect="equal", cmap=colours, vmin=0.0, vmax=1.0, alpha=0.75 * heat)
    axes.contour(heat, levels=[0.5, 0.8], extent=sphere, origin="upper", colors="white", linewidths=(0.6, 0.9))
    axes.set(ylim=(-90, 90), ylabel="Elevation (°)", yticks=np.arange(-90, 91, 30))
    _azimuth_axis(axes)
    scale = ScalarMappable(Normalize(-range_db, 0.0), colours)
    figure.colorbar(scale, ax=axes, label="Level (dB below the loudest direction)", shrink=0.8, pad=0.01)
    figure.suptitle(title, fontsize=12, color=INK)
    figure.savefig(path, format="png")
    return Path(path)


def _magnitudes(figure: "Figure", panels: "list[Axes]", azimuth: Floats, ears: Floats, sample_rate: int) -> None:
    """Level of each ear over azimuth and frequency, both on one scale."""
    points = fft.next_fast_len(max(8192, 2 * ears.shape[-1]), real=True)
    frequency_hz = np.geomspace(LOWEST_HZ, min(20000.0, sample_rate / 2), FREQUENCIES)
    bins = np.round(frequency_hz * points / sample_rate).astype(int)
    level_db = 20 * np.log10(np.maximum(np.abs(fft.rfft(ears, points))[..., bins], 1e-9))
    level_db -= 10 * np.log10(np.mean(10 ** (level_db / 10)))
    mesh: Any = None
    for ear, axes in enumerate(panels):
        mesh = axes.pcolormesh(
            azimuth,
            frequency_hz,
            level_db[:, ear].T,
            vmin=RANGE_DB[0],
            vmax=RANGE_DB[1],
            cmap="magma",
            shading="gouraud",
            rasterized=True,
        )
        axes.set(
            yscale="log", ylabel="Frequency (Hz)" if ear == 0 else "", title=f"{('Left', 'Right')[ear]} ear, horizon"
        )
        ticks = [f for f in (200, 500, 1000, 2000, 5000, 10000, 20000) if f <= frequency_hz[-1]]
        axes.set_ylim(LOWEST_HZ, frequency_hz[-1])
        axes.set_yticks(ticks, [f"{f // 1000}k" if f >= 1000 else str(f) for f in ticks])
        axes.minorticks_off()
        _azimuth_axis(axes)
    figure.colorbar(mesh, ax=panels, label="Level (dB, mean 0)", pad=0.01)


def _over_azimuth(axes: "Axes", azimuth: Floats, values: Floats, label: str, positive: str) -> None:
    """An interaural difference over azimuth, the two sides in the colours of their ears."""
    limit = 1.25 * float(np.abs(values[np.isfinite(values)]).max(initial=1e-3))
    axes.axhline(0.0, color=INK, linewidth=0.8)
    axes.plot(azimuth, values, color=INK, linewidth=1.4)
    for side, colour in ((1.0, LEFT), (-1.0, RIGHT)):
        axes.fill_between(azimuth, 0.0, side * np.clip(side * values, 0.0, None), color=colour, alpha=0.35, linewidth=0)
    axes.set(ylim=(-limit, limit), ylabel=label)
    axes.text(0.99, 0.95, positive, transform=axes.transAxes, ha="right", va="top", fontsize=9, color=LEFT)
    _azimuth_axis(axes)
    _quiet(axes)


def _directions(axes: "Axes", hrirs: HrirSet) -> None:
    """The measured directions on the unrolled sphere, left on the left as the listener sees them."""
    side = hrirs.vectors[:, 1]
    colours = np.where(side > 1e-6, LEFT, np.where(side < -1e-6, RIGHT, INK))
    at_back = hrirs.azimuth_deg == -180.0  # the right edge, and the left one too
    azimuth = np.concatenate([hrirs.azimuth_deg, -hrirs.azimuth_deg[at_back]])
    elevation = np.concatenate([hrirs.elevation_deg, hrirs.elevation_deg[at_back]])
    axes.scatter(azimuth, elevation, s=9, c=[*colours, *colours[at_back]], linewidths=0, clip_on=False)
    axes.set(ylim=(-95, 95), ylabel="Elevation (°)", title="Measured directions", yticks=np.arange(-90, 91, 30))
    _azimuth_axis(axes)
    _quiet(axes)


def _azimuth_axis(axes: "Axes") -> None:
    """Azimuths with the left ear on the left, as one looks ahead."""
    axes.set_xlim(180, -180)
    axes.set_xticks(
        [180, 135, 90, 45, 0, -45, -90, -135, -180],
        ["180°\nback", "135°", "90°\nleft", "45°", "0°\nfront", "−45°", "−90°\nright", "−135°", "−180°\nback"],
    )
    axes.tick_params(labelsize=9)


def _quiet(axes: "Axes") -> None:
    """A faint grid and no frame."""
    axes.grid(color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
