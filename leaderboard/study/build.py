"""The page of a listening study: sounds, trials and lists, ready to be put on any web server or opened from a disk."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from fairplay_bench.errors import OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.files import written_whole
from fairplay_bench.records import ClipId
from leaderboard.page.folder import check_site_is_free, mark_as_ours
from leaderboard.page.soundfiles import write_sound
from leaderboard.page.versions import TARGET, Selection, heard_clips
from leaderboard.page.writer import STATIC, TEMPLATES, page_writer
from leaderboard.study.design import Design, balanced_directions, make_design
from leaderboard.study.directions import Direction, true_directions

Part = Literal["both", "preference", "direction"]
PARTS: tuple[Part, ...] = ("both", "preference", "direction")
_HOME = Path(__file__).parent
_NEEDED_METHODS = 2  # for a choice between two


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What is asked.

    Attributes:
        selection: the data set, the methods, and how many clips a part has.
        part: which of the two questions, or both.
        directions: from where instruments sound; that of a made-up data set by default.
        title: shown to participants.
        headphone_check: whether participants must show that they wear headphones.
    """

    selection: Selection
    part: Part = "both"
    directions: Mapping[ClipId, Direction] | None = None
    title: str = "A listening study"
    headphone_check: bool = True


@dataclass(frozen=True, slots=True)
class BuiltStudy:
    """What came of it.

    Attributes:
        page: the page to open.
        study: hash of the study.
        preference: clips of the first part.
        direction: clips of the second part.
        lists: number of lists.
    """

    page: Path
    study: str
    preference: int
    direction: int
    lists: int


def build_study(plan: StudyPlan, out: Path, overwrite: bool = False, reporter: Reporter | None = None) -> BuiltStudy:
    """Write the page and the sounds of a study, or nothing.

    Args:
        plan: what is asked.
        out: the folder.
        overwrite: whether a page of ours that is there is replaced.
        reporter: hears how far it is.

    Returns:
        What came of it.

    Raises:
        OptionError: if there are too few methods, or no direction is known and the part was asked for.
        OutputError: if ``out`` is taken or cannot be written.
        ResultError: if no clip can be heard in all versions.
    """
    reporter = reporter or Reporter()
    check_site_is_free(out, overwrite)
    truths = _truths(plan, reporter)
    selection = plan.selection
    if plan.part != "direction" and len(selection.versions) < _NEEDED_METHODS:
        raise OptionError("--listen: a choice between two sounds needs two methods; add one, such as mono-mono.")
    with written_whole(out, folder=True) as folder:
        sounds: dict[ClipId, dict[str, str]] = {}
        first: list[ClipId] = []
        if plan.part != "direction":
            first = _write_sounds(folder, selection, sounds, reporter)
        if truths:
            chosen = replace(selection, only=tuple(truths), clips=len(truths))
            there = _write_sounds(folder, chosen, sounds, reporter)
            truths = {clip_id: truths[clip_id] for clip_id in truths if clip_id in there}
        names = [TARGET, *(version.name for version in selection.versions)]
        design = make_design(first, truths, names)
        study = _hash(design, sounds)
        _write_page(folder, plan, design, study, sounds)
    return BuiltStudy(out / "index.html", study, len(first), len(truths), len(design.lists))


def _truths(plan: StudyPlan, reporter: Reporter) -> dict[ClipId, Direction]:
    """Test clips of the second part with their directions."""
    if plan.part == "preference":
        return {}
    selection = plan.selection
    known = plan.directions if plan.directions is not None else true_directions(selection.data)
    listed = {clip_id for _, clip_id in selection.test_clips()}
    truths = balanced_directions({clip: told for clip, told in known.items() if clip in listed}, selection.clips)
    if not truths:
        missing = "no test clip has a known direction; give --directions CSV with clip_id and direction"
        if plan.part == "direction" or plan.directions is not None:
            raise OptionError(f"{selection.data.folder}: {missing}.")
        reporter.say(f"the question of directions is left out: {missing}.")
    return truths


def _write_sounds(
    folder: Path, selection: Selection, sounds: dict[ClipId, dict[str, str]], reporter: Reporter
) -> list[ClipId]:
    """Write the versions of the chosen clips under names that tell nothing; gives the clips."""
    chosen = []
    for clip in reporter.track(heard_clips(selection, reporter), selection.clips, "clips"):
        clip_id = clip.row.clip_id
        chosen.append(clip_id)
        if clip_id in sounds:
            continue
        sounds[clip_id] = {}
        for name, ears in clip.ears.items():
            content = ears.numpy().tobytes()
            key = sha256(f"{clip_id}\0{name}\0".encode() + content).hexdigest()[:16]
            write_sound(folder / "sounds" / f"{key}.js", key, ears)
            sounds[clip_id][name] = key
    return chosen


def _hash(design: Design, sounds: dict[ClipId, dict[str, str]]) -> str:
    text = json.dumps([design.described(), sounds], sort_keys=True)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _write_page(
    folder: Path, plan: StudyPlan, design: Design, study: str, sounds: dict[ClipId, dict[str, str]]
) -> None:
    trials: dict[str, dict[str, Any]] = {one.trial: asdict(one) for one in design.preference}
    trials |= {one.trial: asdict(one) for one in design.direction}
    told = {
        "study": study,
        "title": plan.title,
        "headphone_check": plan.headphone_check,
        "trials": trials,
        "lists": design.lists,
        "sounds": sounds,
    }
    writer = page_writer((_HOME / "templates", TEMPLATES), (_HOME / "static", STATIC))
    page = writer.page("study.html.j2", "study.mjs", "study", title=plan.title, told=told)
    (folder / "index.html").write_text(page, "utf-8")
    (folder / "assets").mkdir()
    for home, name in ((STATIC, "site.css"), (_HOME / "static", "study.css")):
        shutil.copyfile(home / name, folder / "assets" / name)
    mark_as_ours(folder)
