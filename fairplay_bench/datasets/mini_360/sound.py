"""The first-order sound of a video: dry phrases as plane waves, and a little diffuse reverberation."""

from math import sqrt

import numpy as np

from fairplay_bench.datasets.mini.phrases import DURATION_S
from fairplay_bench.datasets.mini.room import Room
from fairplay_bench.datasets.mini.scene import Player
from fairplay_bench.datasets.mini.sound import N_SAMPLES, diffuse_tails, play, reverberated
from fairplay_bench.datasets.mini.synthesis import SAMPLE_RATE, Floats
from fairplay_bench.datasets.mini_360.scene import Stand, Video, azimuth_deg
from hrtf.ambisonics import encode

CHANNELS = 4


def field(video: Video) -> Floats:
    """The sound of a video.

    Args:
        video: its record.

    Returns:
        ``(4, samples)`` at 48 kHz, W, Y, Z, X (ACN, SN3D), the peak of all at the video's ``peak_dbfs``.
    """
    samples = N_SAMPLES * len(video.sections)
    total = np.zeros((CHANNELS, samples))
    dry = np.zeros(samples)
    for number, section in enumerate(video.sections):
        here = slice(number * N_SAMPLES, (number + 1) * N_SAMPLES)
        for player, stand in zip(section.players, video.stands, strict=True):
            phrase = play(player)
            dry[here] += phrase
            total[:, here] += place(player, stand, phrase)
    total += reverberated(dry, diffuse_field(video.rooms[0]))
    return np.asarray(total * (10 ** (video.peak_dbfs / 20) / np.abs(total).max()))


def place(player: Player, stand: Stand, phrase: Floats) -> Floats:
    """The direct sound of a player: ``(4, 480000)``, W as loud wherever it comes from."""
    if not player.moves:
        return encode(phrase, azimuth_deg(player.start_x), stand.elevation_deg, 1)
    part = np.arange(N_SAMPLES) / (SAMPLE_RATE * DURATION_S)
    x = player.start_x + (player.end_x - player.start_x) * (3 - 2 * part) * part**2  # as Player.x_at
    return encode(phrase, azimuth_deg(x), stand.elevation_deg, 1)


def diffuse_field(room: Room) -> Floats:
    """The reverberation of a room as a field without direction: ``(4, taps)``.

    Sound from everywhere has a third of W's energy in each of Y, Z and X, under SN3D weights.
    """
    return diffuse_tails(room, CHANNELS) * np.array([[1.0], *[[1 / sqrt(3)]] * 3])
