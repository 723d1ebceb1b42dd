"""Writing drawn scenes as pictures, sounds and a page to look at and listen to."""

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, select_autoescape

from baselines.pseudo_binaural.scene import HEIGHT, WIDTH
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.errors import OptionError, OutputError
from fairplay_bench.media.audio import write_wav
from fairplay_bench.media.files import written_whole
from fairplay_bench.media.outputs import check_can_hold
from fairplay_bench.records import SAMPLE_RATE

_MOST = 999  # the names have three digits
_PAGE = "scenes.html"
_LIST = "scenes.json"


def check_show(number: int, seed: int, duration_s: float, out: Path, overwrite: bool) -> None:
    """Refuse what cannot be shown, before any work.

    Raises:
        OptionError: if the number of scenes, the seed or the duration makes no sense.
        OutputError: if the folder is taken, holds something else than scenes, or cannot be written.
    """
    if not 1 <= number <= _MOST:
        raise OptionError(f"{number} scenes: give 1 to {_MOST}.")
    if seed < 0:
        raise OptionError(f"--seed {seed}: give 0 or more.")
    if not 0.1 <= duration_s <= 60:
        raise OptionError(f"--duration {duration_s:g}: give 0.1 to 60 s.")
    if out.exists() and not (out.is_dir() and (overwrite or not any(out.iterdir()))):
        raise OutputError(f"{out}: exists; choose another --out, or --overwrite to replace it.")
    if out.is_dir() and any(out.iterdir()) and not (out / _LIST).is_file():
        raise OutputError(f"{out}: holds something else than scenes; choose another --out.")
    check_can_hold(out)


def show_scenes(
    studio: Studio, number: int, seed: int, duration_s: float, out: Path, settings: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Draw scenes and write them into a folder that appears whole or not at all.

    Args:
        studio: makes them.
        number: how many.
        seed: of everything drawn.
        duration_s: of each sound; no longer than the shortest of the sources.
        out: the folder: ``NNN.png``, ``NNN.wav`` (16 kHz, two ears), ``scenes.json`` and ``index.html``, which needs
            no other file.
        settings: how they are drawn, for the page.

    Returns:
        What ``scenes.json`` says of each scene.

    Raises:
        OutputError: if the folder cannot be written.
    """
    samples = min(round(duration_s * SAMPLE_RATE), *(len(source.sound) for source in studio.sources))
    scenes = []
    with written_whole(out, folder=True) as folder:
        shown = []
        for place in range(number):
            rng = np.random.default_rng((seed, place))
            scene = studio.scene(rng)
            ears = studio.ears(rng, scene, samples)
            name = f"{place + 1:03d}"
            write_wav(folder / f"{name}.wav", ears.T, SAMPLE_RATE)
            studio.picture(rng, scene, (HEIGHT, WIDTH)).save(folder / f"{name}.png")
            players = [
                {
                    "clip_id": studio.sources[placed.source].clip_id,
                    "label": studio.sources[placed.source].label,
                    "azimuth_deg": round(azimuth, 2),
                    "elevation_deg": round(elevation, 2),
                    **{key: round(getattr(placed, key), 2) for key in ("x", "y", "width", "height")},
                }
                for placed, (azimuth, elevation) in zip(scene, studio.directions(scene), strict=True)
            ]
            scenes.append({"name": name, "players": players})
            shown.append(scenes[-1] | {"level_db": _level_difference_db(ears)} | _embedded(folder, name))
        (folder / _LIST).write_text(json.dumps({"settings": settings, "scenes": scenes}, indent=1) + "\n")
        page = _page(shown, settings, seed, samples / SAMPLE_RATE)
        (folder / "index.html").write_text(page, "utf-8")
    return scenes


def _level_difference_db(ears: np.ndarray) -> float:
    left, right = np.mean(np.square(ears, dtype=np.float64), axis=1) + 1e-12
    return float(10 * np.log10(left / right))


def _embedded(folder: Path, name: str) -> dict[str, str]:
    """Picture and sound as data addresses, so that the page can be sent alone."""
    kinds = {"picture": ("image/png", "png"), "sound": ("audio/wav", "wav")}
    return {
        key: f"data:{kind};base64,{b64encode((folder / f'{name}.{suffix}').read_bytes()).decode()}"
        for key, (kind, suffix) in kinds.items()
    }


def _page(scenes: list[dict[str, Any]], settings: Mapping[str, Any], seed: int, duration_s: float) -> str:
    pages = Environment(loader=PackageLoader("baselines.pseudo_binaural", "."), autoescape=select_autoescape())
    return pages.get_template(_PAGE).render(scenes=scenes, settings=settings, seed=seed, duration_s=duration_s)
