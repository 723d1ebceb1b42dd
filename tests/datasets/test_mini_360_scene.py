"""Scenes of mini-360 as records."""

import numpy as np
import pytest

from fairplay_bench.datasets.mini.figures import FIGURES
from fairplay_bench.datasets.mini_360.scene import azimuth_deg, clips_of, draw_video, videos_of, width_px

MANY = [draw_video(11, number) for number in range(1, 121)]


def strips(video):
    """First and last column that each player ever covers; may lie beyond the picture."""
    for k, stand in enumerate(video.stands):
        half = width_px(video.sections[0].players[k].instrument, video.sections[0].players[k].look, stand) / 2
        ends = [x for section in video.sections for x in (section.players[k].start_x, section.players[k].end_x)]
        yield min(ends) - half, max(ends) + half


@pytest.mark.parametrize("video", MANY[:60], ids=lambda video: video.video_id)
def test_players_never_touch_even_across_the_edge(video):
    turned = sorted(strips(video))
    for (_, last), (first, _) in zip(turned, [*turned[1:], (turned[0][0] + 480, 0)], strict=True):
        assert first - last >= 5.9


def test_players_stand_all_around():
    azimuths = [azimuth_deg(player.start_x) % 360 for video in MANY for player in video.sections[0].players]
    counts, _ = np.histogram(azimuths, bins=8, range=(0, 360))
    assert counts.min() > 0.5 * counts.mean()
    elevations = [stand.elevation_deg for video in MANY for stand in video.stands]
    assert min(elevations) < -8
    assert max(elevations) > 35
    assert sum(elevation > 5 for elevation in elevations) > len(elevations) / 8


def test_the_cast_stays_and_walks_go_on_where_they_ended():
    for video in MANY[:30]:
        first, second = video.sections
        assert [p.instrument for p in first.players] == [p.instrument for p in second.players]
        assert [p.end_x for p in first.players] == [p.start_x for p in second.players]
        assert [p.notes for p in first.players] != [p.notes for p in second.players]
    moving = [(p, s) for v in MANY for p, s in zip(v.sections[0].players, v.stands, strict=True) if p.moves]
    assert len(moving) > 20
    assert all(FIGURES[player.instrument].walks and stand.height_m == 0 for player, stand in moving)


def test_half_of_the_videos_are_solos():
    assert sum(len(video.stands) == 1 for video in MANY) == 60


def test_one_video_in_ten_has_no_height():
    assert [int(video.video_id) for video in MANY if not video.has_height] == list(range(5, 121, 10))


def test_a_video_hangs_on_its_seed_and_number_alone():
    assert draw_video(11, 7) == MANY[6]
    assert draw_video(12, 7) != MANY[6]
    assert draw_video(11, 7, clips=1).sections == MANY[6].sections[:1]


@pytest.mark.parametrize(("clips", "each"), [(5, [2, 2, 1]), (6, [2, 2, 2])])
def test_clips_are_shared_out_over_videos(clips, each):
    assert [clips_of(number, clips) for number in range(1, videos_of(clips) + 1)] == each


@pytest.mark.parametrize(("x", "azimuth"), [(240, 0), (120, 90), (360, -90), (0, 180), (60, 135)])
def test_left_is_positive(x, azimuth):
    assert azimuth_deg(x) == azimuth
