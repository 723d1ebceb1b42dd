"""Pictures of mini-360: the hall all around, and players where the boxes say."""

from dataclasses import replace

import numpy as np
import pytest

from fairplay_bench.datasets.mini.room import paint_room
from fairplay_bench.datasets.mini_360.hall import paint_hall
from fairplay_bench.datasets.mini_360.picture import compose, extent, poses
from fairplay_bench.datasets.mini_360.scene import CAMERA_M, Stand, draw_video


@pytest.fixture(scope="module")
def video():
    return next(v for v in (draw_video(3, n, clips=1) for n in range(1, 80)) if any(s.height_m for s in v.stands))


@pytest.fixture(scope="module")
def hall(video):
    return paint_hall(video.rooms)


def test_walls_stand_in_front_at_the_left_behind_and_at_the_right(video):
    colours = ((200, 40, 40), (40, 200, 40), (40, 40, 200), (200, 200, 40))
    walls = tuple(
        replace(room, wall=colour, wall_style="plain", furnishings=(), mirrored=False)
        for room, colour in zip(video.rooms, colours, strict=True)
    )
    picture = paint_hall(walls)
    assert picture.shape == (240, 480, 3)
    for colour, column in zip(colours, (240, 120, 0, 360), strict=True):
        seen = picture[125, column].astype(int)
        assert list(np.argsort(seen)) == list(np.argsort(colour)) or np.abs(seen - colour).max() < 40
    np.testing.assert_array_less(np.abs(picture[125, 479].astype(int) - picture[125, 0]), 12)  # one wall, both edges


def test_a_wall_is_seen_as_it_is_painted(video):
    """The middle of the front wall, straight ahead: one degree is 4.2 px of the drawing there."""
    picture, drawing = paint_hall(video.rooms), np.asarray(paint_room(video.rooms[0]))
    seen = picture[115:125, 230:250].mean(axis=(0, 1))
    row = round(178 - CAMERA_M / (1.7 / 150))
    painted = drawing[row - 16 : row + 16, 240 - 32 : 240 + 32].mean(axis=(0, 1))
    np.testing.assert_allclose(seen, painted, atol=6)


def changed(video, hall, section, now):
    picture = np.asarray(compose(video, section, hall, now))
    return np.abs(picture.astype(int) - hall).max(axis=2) > 12


def test_players_are_in_their_boxes(video, hall):
    (section,) = video.sections
    now = poses(video, section, 100)
    covered = changed(video, hall, section, now)
    inside = np.zeros_like(covered)
    for player, stand, pose in zip(section.players, video.stands, now, strict=True):
        box = extent(player.instrument, player.look, stand, podium=False)
        columns = np.arange(pose.left, pose.left + box.columns) % 480
        part = covered[box.first_row : box.first_row + box.rows][:, columns]
        rows, across = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        assert rows[0] <= 6
        assert rows[-1] >= box.rows - 4
        assert across[-1] - across[0] >= 0.75 * box.columns
        whole = extent(player.instrument, player.look, stand, podium=True)
        inside[np.ix_(np.arange(whole.first_row, whole.first_row + whole.rows), columns)] = True
    assert not covered[~inside].any()


def test_what_passes_the_right_edge_goes_on_at_the_left(video, hall):
    (section,) = video.sections
    now = poses(video, section, 100)
    here = changed(video, 0 * hall, section, now)
    for player, stand, pose in zip(section.players, video.stands, now, strict=True):
        columns = extent(player.instrument, player.look, stand, podium=True).columns
        shift = 480 - pose.left - columns // 2  # this player half beyond the edge
        turned = changed(video, 0 * hall, section, tuple(replace(one, left=one.left + shift) for one in now))
        np.testing.assert_array_equal(turned, np.roll(here, shift, axis=1))
        assert turned[:, [0, 479]].any(axis=0).all()


@pytest.mark.parametrize("distance_m", [1.1, 1.9])
def test_figures_are_as_high_as_people(distance_m):
    box = extent("voice", 0, Stand(distance_m, 0.0), podium=False)
    low = 90 - (box.first_row + box.rows) * 0.75
    high = 90 - box.first_row * 0.75
    assert low == pytest.approx(-np.degrees(np.arctan(CAMERA_M / distance_m)), abs=1)
    assert 1.4 < CAMERA_M + distance_m * np.tan(np.radians(high)) < 2.1
