"""The page of a study: what lies in its folder, and a participant who walks through it in a browser."""

import json

import pytest

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.errors import OptionError, OutputError, ResultError
from leaderboard.page.versions import Selection, Version
from leaderboard.study.analyse import analyse
from leaderboard.study.answers import read_answers
from leaderboard.study.build import StudyPlan, build_study

from ...scoring.prepared_sets import write_set
from ...scoring.sounds import panned

SIDES = {"l0": ("left", 12), "c0": ("centre", 0), "r0": ("right", -12), "l1": ("left", 9), "c1": ("centre", 1)}
TRUTHS = {clip: truth for clip, (truth, _) in SIDES.items()}
METHODS = (Version("mono", "mono-mono"), Version("</script><b>swapped", "swapped-ears"))
# Tones of four seconds would make the test long: every sound is played forty times as fast.
FAST = """
    const Slow = AudioBufferSourceNode;
    globalThis.AudioBufferSourceNode = class extends Slow {
        constructor(context, options) { super(context, { ...options, playbackRate: 40 }); }
    };
"""
ORDERS = """async ([participant, tries]) => {
    const { ORDERS, softest } = await import("/headphones.mjs");
    const { chance, shuffled } = await import("/order.mjs");
    return shuffled(ORDERS, chance(`${participant}-tones-${tries}`)).map(softest);
}"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    targets = {clip: panned(seed, side, 8000) for seed, (clip, (_, side)) in enumerate(SIDES.items())}
    return open_prepared(write_set(tmp_path_factory.mktemp("asked") / "set", targets))


def plan(data, clips=3, methods=METHODS, **fields):
    plain = {"directions": TRUTHS, "title": "Who <i>hears</i>?"}
    return StudyPlan(Selection(data, methods, clips=clips), **(plain | fields))


@pytest.fixture(scope="module")
def study(data, tmp_path_factory):
    return build_study(plan(data), tmp_path_factory.mktemp("study") / "page")


def recalled(page):
    key = page.evaluate("Object.keys(localStorage).find((key) => key.startsWith('fairplay-study-'))")
    return json.loads(page.evaluate("(key) => localStorage.getItem(key)", key))


def at(page):
    return page.evaluate("document.body.dataset.at")


def take_headphone_check(page, modules, right, tries=1):
    """Answer so many of the six questions rightly."""
    page.wait_for_selector("[data-step=headphones]:not([hidden])")
    for number, place in enumerate(modules.evaluate(ORDERS, [recalled(page)["participant"], tries])):
        page.locator("[data-part=tones-play]").click()
        page.locator("[data-tone='1']:not([disabled])").wait_for()
        page.locator(f"[data-tone='{place if number < right else place % 3 + 1}']").click()


def answer(page, shortcut):
    """Hear everything there is and answer by keyboard."""
    step = at(page)
    page.locator(f"[data-step={step}] [data-hear]:not([disabled])").first.wait_for()
    assert page.locator(f"[data-step={step}] [data-answer]:not([disabled])").count() == 0
    for key in {"preference": "rab", "direction": "p"}[step]:
        page.keyboard.press(key)
    page.keyboard.press(shortcut)
    return step


def test_a_participant_walks_through(study, open_page, modules, tmp_path):
    assert (study.preference, study.direction, study.lists) == (3, 3, 6)
    page = open_page(study.page)
    page.context.add_init_script(FAST)
    page.goto(f"{study.page.as_uri()}?list=4")
    assert page.get_by_role("heading", level=1).inner_text() == "Who <i>hears</i>?"
    page.get_by_role("button", name="Begin", exact=True).click()
    take_headphone_check(page, modules, right=4)
    assert at(page) == "failed"
    page.get_by_role("button", name="Try again with headphones").click()
    take_headphone_check(page, modules, right=5, tries=2)
    steps = [answer(page, "1") for _ in range(2)]
    page.reload()  # the answers are kept, and the order goes on
    assert page.locator("[data-part=welcome-back]").is_visible()
    page.get_by_role("button", name="Go on").click()
    steps += [answer(page, "2") for _ in range(4)]
    assert at(page) == "done"
    assert steps == ["preference"] * 3 + ["direction"] * 3
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download the answers").click()
    saved.value.save_as(tmp_path / saved.value.suggested_filename)
    (answers,) = read_answers([tmp_path])
    assert answers.study == study.study
    assert answers.list == 4
    assert answers.finished is not None
    assert (answers.headphones.correct, answers.headphones.tries, answers.headphones.passed) == (5, 2, True)
    assert [one.chosen for one in answers.answers] == ["a", "a", "b", "centre", "centre", "centre"]
    assert {one.clip_id for one in answers.answers[3:]} == {"l0", "c0", "r0"}
    assert all(one.truth == TRUTHS[one.clip_id] for one in answers.answers[3:])
    assert analyse([answers]).directions[0].version == "target"


def test_failing_the_headphone_check_twice_ends_it(study, open_page, modules):
    page = open_page(study.page)
    page.context.add_init_script(FAST)
    page.reload()
    page.get_by_role("button", name="Begin", exact=True).click()
    take_headphone_check(page, modules, right=0)
    page.get_by_role("button", name="Try again with headphones").click()
    take_headphone_check(page, modules, right=3, tries=2)
    assert at(page) == "failed"
    assert page.get_by_role("button", name="Try again").count() == 0
    assert recalled(page)["headphones"] == {"correct": 3, "of": 6, "tries": 2, "passed": False}


def test_the_second_part_comes_first_in_every_other_list(data, open_page, tmp_path):
    built = build_study(plan(data, headphone_check=False), tmp_path / "page")
    page = open_page(built.page)
    page.set_viewport_size({"width": 390, "height": 844})
    for number, first in ((0, "preference"), (1, "direction")):
        page.evaluate("localStorage.clear()")
        page.goto(f"{built.page.as_uri()}?list={number}")
        page.get_by_role("button", name="Begin", exact=True).click()
        assert at(page) == first
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_names_of_sounds_tell_nothing(study):
    names = [path.stem for path in (study.page.parent / "sounds").iterdir()]
    assert len(names) in range(9, 16, 3)  # three clips at least, five at most, in three versions
    assert all(len(name) == 16 and not set(name) - set("0123456789abcdef") for name in names)


def test_the_same_study_has_the_same_name(data, study, tmp_path):
    assert build_study(plan(data), tmp_path / "a").study == study.study
    assert build_study(plan(data, clips=2), tmp_path / "b").study != study.study


def test_refusals(data, tmp_path):
    with pytest.raises(OptionError, match="needs two methods; add one, such as mono-mono"):
        build_study(plan(data, methods=METHODS[:1]), tmp_path / "a")
    with pytest.raises(OptionError, match="no test clip has a known direction; give --directions"):
        build_study(plan(data, directions=None, part="direction"), tmp_path / "a")
    with pytest.raises(OptionError, match="no test clip has a known direction"):
        build_study(plan(data, directions={"other": "left"}), tmp_path / "a")
    (tmp_path / "empty").mkdir()
    folder = Version("x", str(tmp_path / "empty"))
    with pytest.raises(ResultError, match=r"no test clip of .* is there in all versions .*no such prediction"):
        build_study(plan(data, methods=(*METHODS, folder)), tmp_path / "a")
    assert not (tmp_path / "a").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("x")
    with pytest.raises(OutputError, match="holds something else than a site of this tool"):
        build_study(plan(data), tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.tex").is_file()
