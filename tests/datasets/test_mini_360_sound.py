"""The first-order sound of mini-360 comes from where its players are."""

from dataclasses import replace

import numpy as np
import pytest

from fairplay_bench.datasets.mini.sound import play
from fairplay_bench.datasets.mini_360.scene import azimuth_deg, draw_video
from fairplay_bench.datasets.mini_360.sound import diffuse_field, field, place

W, Y, Z, X = range(4)
RATE = 48_000


def direction_of(sound):
    """Azimuth and elevation of the mean active intensity, degrees."""
    y, z, x = (float(np.sum(sound[W] * sound[channel])) for channel in (Y, Z, X))
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))


def solo(moves):
    videos = (draw_video(3, number, clips=1) for number in range(1, 60))
    return next(v for v in videos if len(v.stands) == 1 and v.sections[0].players[0].moves == moves)


def apart_deg(one, other):
    return abs((one - other + 180) % 360 - 180)


def test_a_solo_comes_from_its_player():
    video = solo(moves=False)
    azimuth, elevation = direction_of(field(video))
    assert apart_deg(azimuth, azimuth_deg(video.sections[0].players[0].start_x)) < 2
    assert elevation == pytest.approx(video.stands[0].elevation_deg, abs=2)


def test_a_walk_is_heard():
    video = solo(moves=True)
    player = video.sections[0].players[0]
    direct = place(player, video.stands[0], play(player))
    for second in (1, 5, 8):
        azimuth, _ = direction_of(direct[:, second * RATE : (second + 1) * RATE])
        assert apart_deg(azimuth, azimuth_deg(player.x_at(second + 0.5))) < 6
    moment = round(7.3 * RATE)
    frame = direct[:, moment : moment + 200]
    assert apart_deg(direction_of(frame)[0], azimuth_deg(player.x_at(7.3))) < 0.1


@pytest.mark.parametrize("turn_px", [60.0, 240.0])
def test_a_turned_scene_is_a_turned_field(turn_px):
    """And W, which a method is given, is the same: it tells no direction."""
    video = solo(moves=True)
    (section,) = video.sections
    there = [replace(p, start_x=p.start_x - turn_px, end_x=p.end_x - turn_px) for p in section.players]
    turned = replace(video, sections=(replace(section, players=tuple(there)),))
    one, other = (place(v.sections[0].players[0], v.stands[0], play(section.players[0])) for v in (video, turned))
    angle = np.radians(turn_px * 0.75)
    np.testing.assert_allclose(other[W], one[W], atol=1e-12)
    np.testing.assert_allclose(other[Z], one[Z], atol=1e-12)
    np.testing.assert_allclose(other[X], np.cos(angle) * one[X] - np.sin(angle) * one[Y], atol=1e-9)
    np.testing.assert_allclose(other[Y], np.sin(angle) * one[X] + np.cos(angle) * one[Y], atol=1e-9)


def test_reverberation_has_no_direction_and_the_energy_of_the_room():
    room = draw_video(3, 1).rooms[0]
    energy = np.square(diffuse_field(room)).sum(axis=1)
    assert 10 * np.log10(energy[W]) == pytest.approx(room.reverberation_db, abs=1e-6)
    np.testing.assert_allclose(energy[1:], energy[W] / 3, rtol=1e-9)


def test_the_peak_and_the_length():
    video = replace(solo(moves=False), peak_dbfs=-6.0)
    sound = field(video)
    assert sound.shape == (4, 10 * RATE)
    assert np.abs(sound).max() == pytest.approx(10 ** (-6 / 20))
