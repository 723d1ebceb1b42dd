"""The commands ``patches`` and ``scenes show``, brought by the entry point group ``fairplay_bench.commands``.

The command line hands a brought command its reporter as the context's object.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from baselines.pseudo_binaural.declared import SCENE_OPTIONS
from fairplay_bench.errors import OptionError
from fairplay_bench.jobs import Reporter

if TYPE_CHECKING:
    from baselines.pseudo_binaural.cutting import Cuttings, Finder

Command = TypeVar("Command", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)
_NAMED = 10  # clips in a message
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
_OVERWRITE = click.option("--overwrite/--no-overwrite", default=False, help="Replace what is there.")


def detector_options(command: Command) -> Command:
    """Give a command the options that choose a detector."""
    for option in (
        click.option("--device", default="cpu", show_default=True, help="Where the detector runs, as torch says."),
        click.option("--min-score", type=float, default=0.8, show_default=True, help="Detections below are none."),
        click.option(
            "--label", default="person", show_default=True, help="What the detector looks for, a category of COCO."
        ),
        click.option(
            "--detector-weights", default=None, help="A file (state_dict), or a name of torchvision's; else its own."
        ),
        click.option(
            "--detector", default="fasterrcnn_resnet50_fpn", show_default=True, help="A detector of torchvision."
        ),
    ):
        command = option(command)
    return command


@click.command("patches", short_help="Cut the players of solo clips out, for scenes to train on.")
@click.argument("folder", type=_PATH)
@click.option("--boxes", type=_PATH, default=None, help="CSV: clip_id,frame,x,y,width,height,label; no detector then.")
@detector_options
@click.option("--no-detector", is_flag=True, help="Take every clip's whole frame, without looking for players.")
@click.option("--out", type=_PATH, default=None, help="FOLDER/patches.parquet by default.")
@click.option("--jobs", type=int, default=None, help="Worker processes; one a core by default.")
@_OVERWRITE
@_JSON
@click.pass_obj
def patches_command(
    reporter: Reporter | None,
    /,
    folder: Path,
    boxes: Path | None,
    no_detector: bool,
    out: Path | None,
    jobs: int | None,
    overwrite: bool,
    as_json: bool,
    **detector: Any,
) -> None:
    """Cut out the players of solo clips, with their mono sound, into patches.parquet.

    FOLDER is FAIR-Play as published (or mini's source), or a prepared data set. A clip with one player is a solo. Clips
    that give no source are counted and named. Exits with 1 if any clip could not be read.
    """
    from baselines.pseudo_binaural.boxes import read_boxes
    from baselines.pseudo_binaural.cutting import clips_of, cut_out
    from baselines.pseudo_binaural.sources import PATCHES_FILE, write_patches
    from fairplay_bench.errors import DatasetError
    from fairplay_bench.jobs import executor, workers_of
    from fairplay_bench.media.outputs import check_is_free

    if boxes is not None and no_detector:
        raise OptionError("--boxes and --no-detector: give one of them.")
    out = folder / PATCHES_FILE if out is None else out
    check_is_free(out, overwrite)
    clips, absent = clips_of(folder, None if boxes is None else read_boxes(boxes))
    find = None if no_detector or boxes is not None else find_with(**detector)
    reporter = reporter or Reporter()
    with executor(jobs, ("baselines.pseudo_binaural.cutting",)) as pool:
        cuttings = cut_out(clips, find, pool, reporter, workers_of(jobs))
    cuttings.failed |= absent
    for line in _lines(cuttings):
        reporter.say(line)
    if not cuttings.rows:
        raise DatasetError(f"{folder}: no clip with one player whose sound can be used; nothing is written.")
    write_patches(out, cuttings.rows)
    if as_json:
        record = asdict(cuttings) | {"patches": str(out), "sources": len(cuttings.rows)}
        click.echo(json.dumps({key: value for key, value in record.items() if key != "rows"}))
    else:
        click.echo(f"{out}: {len(cuttings.rows)} sources of {cuttings.clips} clips")
    if cuttings.failed:
        raise SystemExit(1)


def find_with(detector: str, detector_weights: str | None, label: str, min_score: float, device: str) -> "Finder":
    """What finds players, as the options of :func:`detector_options` say."""
    from baselines.pseudo_binaural.detecting import Detector

    return Detector(detector, detector_weights, label, min_score, device)


def _lines(cuttings: "Cuttings") -> list[str]:
    """What was left out and why, a line for each reason."""
    kinds = (
        ("with several players", sorted(cuttings.several)),
        ("without a detection", sorted(cuttings.undetected)),
        ("shorter than a segment of 0.63 s", sorted(cuttings.short)),
        ("silent", sorted(cuttings.silent)),
    )
    lines = [f"left out: {len(clips)} clip(s) {kind}: {_names(clips)}" for kind, clips in kinds if clips]
    return lines + [f"{clip}: {reason}" for clip, reason in sorted(cuttings.failed.items())]


def _names(clips: list[str]) -> str:
    more = len(clips) - _NAMED
    return ", ".join(clips[:_NAMED]) + (f" and {more} more (--json names all)" if more > 0 else "")


@click.group("scenes", short_help="Look at and listen to scenes of cut-out players.")
def scenes_command() -> None:
    """Scenes of cut-out players, as PseudoBinaural is trained on."""


def _scene_options(command: Command) -> Command:
    """Add the options of scenes that ``train`` has too."""
    for declared in reversed(SCENE_OPTIONS):
        flag = f"--{declared.name}/--no-{declared.name}" if declared.kind is bool else f"--{declared.name}"
        kind: Any = click.Choice(declared.choices) if declared.choices else declared.kind
        option = click.option(
            flag,
            type=None if declared.kind is bool else kind,
            default=declared.default,
            show_default=True,
            help=declared.help,
        )
        command = option(command)
    return command


@scenes_command.command("show", short_help="Write drawn scenes as PNG, WAV and a page.")
@click.argument("number", type=int)
@click.option("--patches", type=_PATH, default=Path("patches.parquet"), show_default=True, help="The cut-outs.")
@click.option("--data", type=_PATH, default=None, help="A prepared data set: only sources of training clips then.")
@click.option("--split-set", default=None, help="Of --data; its own by default.")
@click.option("--split", type=int, default=1, show_default=True, help="Of --data.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of everything drawn at random.")
@click.option("--duration", "duration_s", type=float, default=4.0, show_default=True, help="Of each sound, seconds.")
@_scene_options
@click.option("--out", type=_PATH, required=True, help="A folder: NNN.png, NNN.wav, scenes.json, index.html.")
@_OVERWRITE
@_JSON
@click.pass_obj
def show_command(
    reporter: Reporter | None,
    /,
    number: int,
    patches: Path,
    data: Path | None,
    split_set: str | None,
    split: int,
    seed: int,
    duration_s: float,
    out: Path,
    overwrite: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Draw NUMBER scenes and write each as a picture and a sound, with a page to look at and listen to."""
    from baselines.pseudo_binaural.options import filters_of, studio_of
    from baselines.pseudo_binaural.show import check_show, show_scenes
    from baselines.pseudo_binaural.sources import load_sources
    from fairplay_bench.datasets.prepared import open_prepared

    settings = {name.replace("_", "-"): value for name, value in options.items()}
    check_show(number, seed, duration_s, out, overwrite)
    clips = None
    if data is not None:
        opened = open_prepared(data)
        clips = opened.listed(opened.split_set(split_set), split, "train")
    filters = filters_of(settings)
    loaded = load_sources(patches, clips)
    if data is not None:
        text = f"{len(loaded.sources)} sources are of training clips of split {split}; {loaded.left_out} are left out."
        (reporter or Reporter()).say(f"{patches}: {text}")
    scenes = show_scenes(studio_of(loaded.sources, filters, settings), number, seed, duration_s, out, settings)
    if as_json:
        click.echo(json.dumps({"page": str(out / "index.html"), "scenes": scenes}))
    else:
        click.echo(f"{out / 'index.html'}: {number} scenes")
