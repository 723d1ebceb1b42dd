"""The command ``boxes``: a table of where players are seen, for ``train --model l2bnet --boxes``."""

import json
from pathlib import Path
from typing import Any

import click

from baselines.pseudo_binaural.commands import detector_options, find_with
from fairplay_bench.jobs import Reporter

_PATH = click.Path(path_type=Path)


@click.command("boxes", short_help="Find the players in the frames of a prepared data set.")
@click.argument("data", type=_PATH)
@detector_options
@click.option("--every", "every_s", type=float, default=2.5, show_default=True, help="Seconds between two frames.")
@click.option("--out", type=_PATH, required=True, help="The CSV: clip_id,frame,x,y,width,height,label.")
@click.option("--overwrite/--no-overwrite", default=False, help="Replace what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a line.")
@click.pass_obj
def boxes_command(
    reporter: Reporter | None,
    /,
    data: Path,
    every_s: float,
    out: Path,
    overwrite: bool,
    as_json: bool,
    **detector: Any,
) -> None:
    """Write the boxes of the players that a detector finds in frames of each clip.

    Every player is taken to sound; add a column `sounding` of 1 and 0 where that is not so. Exits with 1 if the frames
    of any clip could not be read.
    """
    from baselines.l2bnet.finding import found_boxes, write_boxes
    from fairplay_bench.datasets.prepared import open_prepared
    from fairplay_bench.errors import DatasetError
    from fairplay_bench.media.key_frames import check_every
    from fairplay_bench.media.outputs import check_is_free

    check_is_free(out, overwrite)
    check_every(every_s)
    opened, reporter = open_prepared(data), reporter or Reporter()
    boxes, failed = found_boxes(opened, find_with(**detector), every_s, reporter)
    for clip, reason in failed.items():
        reporter.say(f"{clip}: {reason}")
    without = [clip for clip in opened.clips if clip not in boxes and clip not in failed]
    if not boxes:
        raise DatasetError(f"{data}: no player was found in any of {len(opened.clips)} clips; nothing is written.")
    write_boxes(out, boxes)
    count = sum(map(len, boxes.values()))
    if as_json:
        click.echo(json.dumps({"boxes": str(out), "found": count, "without": without, "failed": failed}))
    else:
        click.echo(f"{out}: {count} boxes in {len(boxes)} clips; {len(without)} clips without any")
    if failed:
        raise SystemExit(1)
