import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import ImageOps

from fairplay_bench.datasets.mini import figures, truth
from fairplay_bench.datasets.mini.canvas import Canvas
from fairplay_bench.datasets.mini.looks import LOOKS
from fairplay_bench.datasets.mini.motion import pose_at
from fairplay_bench.datasets.mini.picture import FEET_Y, N_PICTURES, RATE, compose, encode, poses
from fairplay_bench.datasets.mini.room import HEIGHT, WIDTH, paint_room
from fairplay_bench.datasets.mini.scene import NAMES, draw_scene, mirror

MARGIN = 60


def _drawn(monkeypatch, instrument, look):
    """Where anything opaque is drawn in any pose, on a sheet with a margin around the declared box."""
    width, height = figures.figure_size(instrument, look)
    shift, scale = figures.FIGURES[instrument].shift, LOOKS[look].scale
    monkeypatch.setattr(figures, "_sheet", lambda *_: Canvas(width + 2 * MARGIN, height + MARGIN, scale, shift))
    steps = range(figures.STEPS if figures.FIGURES[instrument].walks else 1)
    sprites = [figures.lower_sprite.__wrapped__(instrument, look, step, 1) for step in steps]
    sprites += [figures.upper_sprite.__wrapped__(instrument, look, pose, True, 1) for pose in range(figures.POSES)]
    opaque = np.any([np.asarray(sprite)[..., 3] > 100 for sprite in sprites], axis=0)
    rows, columns = np.nonzero(opaque)
    return columns.min() - MARGIN, columns.max() + 1 - MARGIN - width, rows.min() - MARGIN


@pytest.mark.parametrize("instrument", NAMES)
def test_figures_fill_the_boxes_declared_for_them(monkeypatch, instrument):
    for look in (0, 1, 4, 9, 11, 15):
        left, right, top = _drawn(monkeypatch, instrument, look)
        assert -1 <= left <= 5
        assert -5 <= right <= 1
        assert abs(left + right) <= 5
        assert -2 <= top <= 3


def test_no_two_players_look_alike():
    def thumb(instrument, look):
        sheet = figures.upper_sprite(instrument, look, figures.REST, False, 1).resize((24, 36))
        return np.asarray(sheet, dtype=float) * (np.asarray(sheet)[..., 3:] > 0)

    by_instrument = [thumb(name, 0) for name in NAMES]
    by_look = [thumb("maracas", look) for look in range(len(LOOKS))]
    for sprites in (by_instrument, by_look):
        for first in range(len(sprites)):
            for second in range(first):
                assert np.abs(sprites[first] - sprites[second]).mean() > 4.0


@pytest.mark.parametrize("number", [1, 4, 6])
def test_a_mirrored_scene_gives_the_mirrored_picture(number):
    scene = draw_scene(0, number)
    for picture in (0, 37, 299):
        image = compose(scene, paint_room(scene.room), poses(scene, picture))
        twin = mirror(scene)
        reflection = compose(twin, paint_room(twin.room), poses(twin, picture))
        np.testing.assert_array_equal(np.asarray(ImageOps.mirror(reflection)), np.asarray(image))


@pytest.mark.parametrize("number", [1, 6, 9])
def test_the_boxes_hold_the_players_of_the_frame_that_is_shown(number):
    scene = draw_scene(0, number)
    room = paint_room(scene.room)
    rows = [dict(zip(truth.BOXES, row, strict=True)) for row in truth.box_rows(scene)]
    assert [row["frame"] for row in rows if row["source"] == 0] == list(range(1, 101))
    for frame in (1, 50, 100):
        image = compose(scene, room, poses(scene, truth.picture_of_frame(frame)))
        changed = np.abs(np.asarray(image, dtype=int) - np.asarray(room, dtype=int)).max(axis=2) > 40
        changed[FEET_Y - 9 :] = False  # shadows reach out of the boxes
        for box in (row for row in rows if row["frame"] == frame):
            inside = changed[box["y"] - 1 : box["y"] + box["height"], box["x"] : box["x"] + box["width"]]
            columns, lines = np.nonzero(inside.any(axis=0))[0], np.nonzero(inside.any(axis=1))[0]
            assert columns[-1] - columns[0] > 0.75 * box["width"]
            assert lines[0] < 14
            inside[...] = False
        assert not changed.any()


def test_frames_are_those_that_ten_a_second_show():
    assert [truth.picture_of_frame(frame) for frame in (1, 2, 3, 100)] == [1, 4, 7, 298]


def test_players_move_when_they_sound_and_rest_when_not():
    scene = draw_scene(0, 1)
    for player in scene.players:
        arms = [pose_at(player, 80, scene.key.beat_s, k / RATE) for k in range(N_PICTURES)]
        assert len({pose.arms for pose in arms}) >= 3
        assert arms[0].arms == figures.REST
        assert not arms[0].sounding
        assert any(pose.sounding for pose in arms[:60])


def test_the_video_is_h264_at_30_pictures_a_second_and_shows_the_scene():
    scene = draw_scene(0, 6)
    content = encode(scene)
    assert encode(scene) == content
    with av.open(BytesIO(content)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.average_rate == RATE
        assert (stream.width, stream.height, stream.pix_fmt) == (WIDTH, HEIGHT, "yuv420p")
        shown = list(container.decode(stream))
    assert len(shown) == N_PICTURES
    assert [frame.pts * frame.time_base for frame in shown[:2]] == [0, pytest.approx(1 / RATE)]
    room = paint_room(scene.room)
    for picture in (0, 100, 299):
        wanted = np.asarray(compose(scene, room, poses(scene, picture)), dtype=float)
        error = np.mean((shown[picture].to_ndarray(format="rgb24") - wanted) ** 2)
        assert 10 * np.log10(255.0**2 / error) > 28.0


def test_the_video_does_not_depend_on_what_the_memory_held_before():
    program = (
        "import hashlib; from fairplay_bench.datasets.mini import picture, scene; "
        "print(hashlib.sha256(picture.encode(scene.draw_scene(7, 3))).hexdigest())"
    )
    root = Path(figures.__file__).parents[3]
    soiled = {"MALLOC_PERTURB_": "1", "MALLOC_MMAP_THRESHOLD_": "1000000000", "MALLOC_TOP_PAD_": "100000000"}
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env=os.environ | extra,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for extra in ({}, soiled)
    }
    assert len(hashes) == 1
