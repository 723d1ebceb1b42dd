"""What the listening page needs: the sounds and pictures of a few clips, and what is known of each version."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fairplay_bench.jobs import Reporter
from leaderboard.board import Board, Row
from leaderboard.page.soundfiles import ild_track, write_film, write_sound
from leaderboard.page.text import method_address, slug
from leaderboard.page.versions import TARGET, HeardClip, Selection, heard_clips

SOUNDS = "sounds"
_TARGET_NAME = "Target (recorded ears)"
_SHOWN = ("stft", "ild")  # scores beside the name of a version


def write_listening(folder: Path, board: Board, selection: Selection, reporter: Reporter) -> list[dict[str, Any]]:
    """Write the sounds and pictures of some clips below ``folder``.

    Args:
        folder: of the site.
        board: where scores of the versions are looked up, by the method's name or key.
        selection: which clips and versions.
        reporter: hears what was passed over.

    Returns:
        What the page is told of each clip, for JSON.

    Raises:
        OptionError: if a name, folder or number is wrong.
        ResultError: if there is no clip of which all versions are there.
    """
    rows = {version.name: row_of(board, version.name, selection) for version in selection.versions}
    clips = reporter.track(heard_clips(selection, reporter), selection.clips, "clips to hear")
    return [_written(folder, clip, rows, selection) for clip in clips]


def row_of(board: Board, name: str, selection: Selection) -> Row | None:
    """The row of the method with this name or key, on the data set that is heard, if the board has one."""
    for table in board.tables:
        if table.index_sha256 != selection.data.index_sha256:
            continue
        for row in table.rows:
            if row.result is not None and name.casefold() in (row.name.casefold(), row.key):
                return row
    return None


def _written(folder: Path, clip: HeardClip, rows: Mapping[str, Row | None], selection: Selection) -> dict[str, Any]:
    row = clip.row
    home = slug(row.clip_id)
    film = write_film(folder / SOUNDS / home / "film.jpg", f"{SOUNDS}/{home}/film.jpg", selection.data, row)
    target = clip.ears[TARGET]
    sounds = []
    for number, (name, ears) in enumerate(clip.ears.items()):
        key = TARGET if name == TARGET else f"{number}-{slug(name)}"
        address = f"{SOUNDS}/{home}/{key}.js"
        write_sound(folder / address, f"{home}/{key}", ears)
        known = rows.get(name)
        sounds.append(
            {
                "key": key,
                "name": _TARGET_NAME if name == TARGET else name,
                "address": address,
                "ild": ild_track(ears, target),
                "note": "" if known is None else _scores(known, clip),
                "page": "" if known is None else method_address(known.name),
            }
        )
    return {
        "clip_id": row.clip_id,
        "folder": home,
        "split": clip.split,
        "duration_s": row.duration_s,
        "film": asdict(film),
        "sounds": sounds,
    }


def _scores(row: Row, heard: HeardClip) -> str:
    """Scores of a clip in a few words."""
    result = row.result
    clips = [] if result is None else result.clips
    for clip in clips:
        if (clip.split, clip.clip_id) == (heard.split, heard.row.clip_id):
            shown = ((key, clip.scores.get(key)) for key in _SHOWN)
            return ", ".join(f"{key} {value:.3g}" for key, value in shown if value is not None)
    return ""
