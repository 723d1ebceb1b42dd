"""The sound of a scene at two ears: dry phrases, the spherical head, a little diffuse reverberation."""

from functools import lru_cache

import numpy as np
from scipy import fft, signal

from fairplay_bench.datasets.mini.instruments import INSTRUMENTS, frequency_of
from fairplay_bench.datasets.mini.phrases import DURATION_S
from fairplay_bench.datasets.mini.room import Room
from fairplay_bench.datasets.mini.scene import Player, Scene, azimuth_deg
from fairplay_bench.datasets.mini.synthesis import SAMPLE_RATE, Floats, samples
from hrtf.hrir_set import HrirSet
from hrtf.render import render, render_moving
from hrtf.sphere import spherical_head

N_SAMPLES = samples(DURATION_S)
HOP_SAMPLES = 4800  # a walking player turns by less than half a degree in it
PLAYER_RMS = 0.1
QUIET_DB = 30.0  # frames this far below the loudest do not count for a player's level
PREDELAY_S = 0.004  # the first reflection
TAIL_BAND_HZ = (200.0, 6000.0)  # furnished rooms swallow the rest


@lru_cache(maxsize=1)
def _head() -> HrirSet:
    return spherical_head(SAMPLE_RATE)


def play(player: Player) -> Floats:
    """The dry phrase of a player at its level.

    Args:
        player: instrument, notes and level.

    Returns:
        ``(480000,)``, the RMS of its sounding parts 0.1 at 0 dB.
    """
    rng = np.random.default_rng(player.sound_seed)
    instrument = INSTRUMENTS[player.instrument]
    phrase = np.zeros(N_SAMPLES)
    for note in player.notes:
        sound = instrument.sound(frequency_of(note.midi), note.duration_s, note.velocity, rng)
        start = round(note.start_s * SAMPLE_RATE)
        stop = min(start + len(sound), N_SAMPLES)
        phrase[start:stop] += sound[: stop - start]
    end = samples(0.02)
    phrase[-end:] *= np.linspace(1.0, 0.0, end)
    return phrase * (PLAYER_RMS * 10 ** (player.level_db / 20) / _sounding_rms(phrase))


def _sounding_rms(phrase: Floats) -> float:
    """RMS over the tenths of a second that are not quiet."""
    energy = np.mean(phrase.reshape(-1, SAMPLE_RATE // 10) ** 2, axis=1)
    return float(np.sqrt(np.mean(energy[energy > energy.max() * 10 ** (-QUIET_DB / 10)])))


def place(player: Player, phrase: Floats) -> Floats:
    """The direct sound of a player at the two ears.

    Args:
        player: where it stands or walks.
        phrase: ``(480000,)``, dry.

    Returns:
        ``(2, 480000)``, left first; no louder nor softer for being on a side than the head makes it.
    """
    if not player.moves:
        return render(phrase, azimuth_deg(player.start_x), 0.0, _head(), SAMPLE_RATE)
    moments = np.arange(-(-N_SAMPLES // HOP_SAMPLES) + 1) * HOP_SAMPLES / SAMPLE_RATE
    path = np.array([azimuth_deg(player.x_at(float(time_s))) for time_s in moments])
    return render_moving(phrase, path, 0.0, _head(), SAMPLE_RATE, HOP_SAMPLES)


def tails(room: Room) -> Floats:
    """The diffuse reverberation of a room at the two ears, the same wherever the source stands.

    Args:
        room: its reverberation time and level, and the seed of the noise.

    Returns:
        ``(2, taps)``: decaying noise, independent and equally strong at both ears.
    """
    late = diffuse_tails(room, 2)
    return late[::-1] if room.mirrored else late


def diffuse_tails(room: Room, channels: int) -> Floats:
    """Decaying noise that is independent and equally strong in so many channels: ``(channels, taps)``."""
    count = samples(1.2 * room.reverberation_s)
    decay = np.exp(-6.908 * np.arange(count) / SAMPLE_RATE / room.reverberation_s)
    hiss = np.random.default_rng(room.tail_seed).standard_normal((channels, count)) * decay
    sections = signal.butter(1, TAIL_BAND_HZ, "bandpass", fs=SAMPLE_RATE, output="sos")
    hiss = signal.sosfilt(sections, hiss, axis=-1)
    hiss *= 10 ** (room.reverberation_db / 20) / np.sqrt(np.sum(hiss**2, axis=-1, keepdims=True))
    return np.pad(hiss, ((0, 0), (samples(PREDELAY_S), 0)))


def reverberated(dry: Floats, late: Floats) -> Floats:
    """The dry sound ``(samples,)`` through each of the tails ``(channels, taps)``, as long as it was."""
    points = fft.next_fast_len(len(dry) + late.shape[1], real=True)
    return np.asarray(fft.irfft(fft.rfft(dry, points) * fft.rfft(late, points), points)[:, : len(dry)])


def binaural(scene: Scene) -> Floats:
    """The sound of a scene.

    Args:
        scene: its record.

    Returns:
        ``(2, 480000)`` at 48 kHz, left first, its peak at the scene's ``peak_dbfs``.
    """
    phrases = [play(player) for player in scene.players]
    ears = sum(
        (place(player, phrase) for player, phrase in zip(scene.players, phrases, strict=True)), np.zeros((2, N_SAMPLES))
    )
    ears += reverberated(np.sum(phrases, axis=0), tails(scene.room))
    return np.asarray(ears * (10 ** (scene.peak_dbfs / 20) / np.abs(ears).max()))


def to_pcm16(ears: Floats) -> np.ndarray:
    """``(2, samples)`` in -1 to 1 as ``(samples, 2)`` 16-bit integers."""
    return np.asarray(np.rint(ears.T * 32767.0), dtype=np.int16)
