from dataclasses import replace

import numpy as np
import pytest

from fairplay_bench.datasets.mini import instruments, synthesis
from fairplay_bench.datasets.mini.phrases import draw_key, draw_phrase
from fairplay_bench.datasets.mini.scene import NAMES, Player, azimuth_deg, draw_scene, mirror
from fairplay_bench.datasets.mini.sound import N_SAMPLES, binaural, place, play, tails, to_pcm16
from hrtf.interaural import ild_db, itd_s

RATE = synthesis.SAMPLE_RATE


def soloist(name, seed, start_x=240.0, end_x=240.0):
    rng = np.random.default_rng(seed)
    return Player(name, 0, 1, start_x, end_x, 0.0, seed, draw_phrase(rng, instruments.INSTRUMENTS[name], draw_key(rng)))


@pytest.mark.parametrize("number", range(1, 7))
def test_the_mono_sum_does_not_tell_left_from_right(number):
    scene = draw_scene(0, number)
    ears, mirrored = binaural(scene), binaural(mirror(scene))
    assert np.abs(ears - mirrored).max() > 1e-3
    np.testing.assert_allclose(mirrored[::-1], ears, atol=1e-6)
    np.testing.assert_allclose(mirrored.sum(axis=0), ears.sum(axis=0), atol=1e-6)


@pytest.mark.parametrize("end_x", [120.0, 190.0])
def test_the_direct_sound_of_a_mirrored_player_swaps_the_ears(end_x):
    player = soloist("violin", 1, 120.0, end_x)
    phrase = play(player)
    ears = place(player, phrase)
    other = place(replace(player, start_x=480.0 - 120.0, end_x=480.0 - end_x), phrase)
    np.testing.assert_allclose(other, ears[::-1], atol=1e-6)
    np.testing.assert_allclose(other.sum(axis=0), ears.sum(axis=0), atol=1e-6)
    assert np.abs(other - ears).max() > 1e-2


def test_every_solo_is_heard_from_where_it_is_seen():
    checked = set()
    for number in range(1, 29):
        scene = draw_scene(1, number)
        sides = {np.sign(azimuth_deg(x)) for player in scene.players for x in (player.start_x, player.end_x)}
        far = all(abs(azimuth_deg(x)) > 5.0 for player in scene.players for x in (player.start_x, player.end_x))
        if len(scene.players) > 1 or not far or len(sides) > 1:
            continue
        ears = binaural(scene)[:, RATE : 5 * RATE]
        assert np.sign(ild_db(ears, RATE)) == sides.pop(), scene.players[0]
        assert np.sign(itd_s(ears, RATE)) == np.sign(ild_db(ears, RATE)), scene.players[0]
        checked.add(scene.players[0].instrument)
    assert len(checked) >= 10


def test_a_walker_is_heard_walking():
    player = soloist("clarinet", 2, 80.0, 400.0)
    ears = place(player, play(player))
    first, last = itd_s(ears[:, : 2 * RATE], RATE), itd_s(ears[:, -2 * RATE :], RATE)
    assert first > 2e-4
    assert last < -2e-4


def test_the_tails_favour_no_ear():
    room = replace(draw_scene(0, 1).room, mirrored=False, reverberation_db=-18.0)
    late = tails(room)
    energies = np.sum(late**2, axis=-1)
    np.testing.assert_allclose(energies, 10**-1.8, rtol=1e-9)
    assert abs(np.corrcoef(late)[0, 1]) < 0.1
    np.testing.assert_array_equal(tails(replace(room, mirrored=True)), late[::-1])
    early, end = late[:, RATE // 50 : RATE // 25], late[:, -RATE // 50 :]
    assert np.mean(early**2) > 1e3 * np.mean(end**2)


@pytest.mark.parametrize("number", range(1, 9))
def test_levels_are_natural(number):
    pcm = to_pcm16(binaural(draw_scene(2, number)))
    assert pcm.shape == (N_SAMPLES, 2)
    assert pcm.dtype == np.int16
    assert -12.0 < 20 * np.log10(np.abs(pcm.astype(float)).max() / 32767.0) < -3.0


@pytest.mark.parametrize("name", NAMES)
def test_every_player_is_heard_most_of_the_time(name):
    phrase = play(soloist(name, 5))
    assert np.isfinite(phrase).all()
    rms = np.sqrt(np.mean(phrase.reshape(-1, RATE // 4) ** 2, axis=1))
    assert np.mean(rms > 0.01) > 0.6
    assert rms.max() < 0.35


def _profile(phrase):
    """What a timbre sounds like: level and liveliness of 30 bands, in dB."""
    frames = phrase[: len(phrase) // 2400 * 2400].reshape(-1, 2400)
    power = np.abs(np.fft.rfft(frames * np.hanning(2400), axis=1)) ** 2
    edges = np.unique(np.geomspace(3, 500, 31).astype(int))
    bands = 10 * np.log10(np.add.reduceat(power, edges, axis=1)[:, :-1] + 1e-3)
    flux = np.abs(np.diff(bands, axis=0)).mean(axis=0)
    return np.concatenate([bands.mean(axis=0) - bands.mean(), 4 * flux])


def test_timbres_can_be_told_apart():
    known = {name: np.mean([_profile(play(soloist(name, seed))) for seed in (1, 2, 3)], axis=0) for name in NAMES}
    hits = 0
    for name in NAMES:
        heard = _profile(play(soloist(name, 9)))
        hits += min(known, key=lambda other: float(np.abs(known[other] - heard).sum())) == name
    assert hits >= 12


@pytest.mark.parametrize("frequency_hz", [41.2, 110.0, 329.6, 987.8])
def test_a_plucked_string_is_in_tune(frequency_hz):
    rng = np.random.default_rng(0)
    string = synthesis.pluck(frequency_hz, 2.0, decay_s=3.0, softness=0.5, position=0.2, rng=rng)
    points = 2**20
    spectrum = np.abs(np.fft.rfft(string * np.hanning(len(string)), points))
    near = slice(int(0.94 * frequency_hz * points / RATE), int(1.06 * frequency_hz * points / RATE))
    found_hz = (near.start + np.argmax(spectrum[near])) * RATE / points
    assert abs(1200 * np.log2(found_hz / frequency_hz)) < 4.0


def test_harmonics_are_sines():
    phase = synthesis.pitch(440.0, 0.1)
    expected = 0.5 * np.sin(phase) + 0.25 * np.sin(3 * phase)
    np.testing.assert_allclose(synthesis.harmonics(phase, 440.0, (0.5, 0.0, 0.25)), expected, atol=1e-9)
    assert not synthesis.harmonics(phase, 6000.0, (0.0, 1.0)).any()


def test_a_mode_rings_at_its_frequency_and_decays():
    tone = synthesis.ring(1000.0, 0.5, ((1.0, 1.0, 0.5),))
    expected = np.exp(-6.908 * synthesis.times(0.5) / 0.5) * np.sin(2 * np.pi * 1000.0 * synthesis.times(0.5))
    np.testing.assert_allclose(tone, expected, atol=1e-3)


def test_a_clarinet_has_odd_harmonics_and_a_violin_all():
    def second_over_third(name):
        sound = instruments.INSTRUMENTS[name].sound(220.0, 1.0, 0.8, np.random.default_rng(0))[: RATE // 2]
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        level = [spectrum[round(n * 110) - 4 : round(n * 110) + 5].max() for n in (2, 3)]
        return 20 * np.log10(level[0] / level[1])

    assert second_over_third("clarinet") < -10.0
    assert second_over_third("violin") > -6.0
