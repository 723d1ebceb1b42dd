"""Switching between versions, measured sample by sample in an OfflineAudioContext."""

from base64 import b64decode

import numpy as np
import pytest

RATE = 48_000
SECONDS = 0.4
RENDER = """async ([versions, seconds, moves]) => {
    const { Switcher } = await import("/switcher.mjs");
    const context = new OfflineAudioContext(1, seconds * 48000, 48000);
    const buffers = new Map(versions.map(([key, values]) => {
        const [first, step] = values;  // a constant, or a ramp
        const buffer = context.createBuffer(1, 96000, 48000);
        buffer.copyToChannel(Float32Array.from({ length: 96000 }, (_, i) => first + step * i), 0);
        return [key, buffer];
    }));
    const switcher = new Switcher(context, buffers, versions[0][0]);
    for (const [moment, name, argument] of moves.slice(1)) {
        context.suspend(moment).then(() => { switcher[name](argument); context.resume(); });
    }
    const [, name, argument] = moves[0];
    switcher[name](argument);
    const rendered = await context.startRendering();
    const bytes = new Uint8Array(rendered.getChannelData(0).buffer);
    let text = "";
    for (const byte of bytes) { text += String.fromCharCode(byte); }
    return btoa(text);
}"""


def render(modules, versions, *moves):
    """What is heard, ``(samples,)``, of versions by key after moves ``(moment in s, method, argument)``.

    A version is a constant, or ``(first value, step)`` of a ramp; each is 2 s long.
    """
    given = [[key, value if isinstance(value, tuple) else (value, 0)] for key, value in versions.items()]
    return np.frombuffer(b64decode(modules.evaluate(RENDER, [given, SECONDS, moves])), dtype="<f4")


def started(heard):
    """The same from the first sample that sounds."""
    return heard[np.flatnonzero(heard)[0] :]


def test_the_switch_is_done_within_5_ms_and_has_no_gap(modules):
    heard = render(modules, {"a": 0.25, "b": 0.75}, (0, "play", 0), (0.2, "select", "b"))
    changing = np.flatnonzero((heard != 0.25) & (heard != 0.75) & (heard != 0))
    assert 0 < np.ptp(changing) < 0.005 * RATE
    assert started(heard).min() >= 0.25  # no moment is softer than the softer version: nothing like a gap
    assert (np.diff(started(heard)) >= -1e-6).all()
    assert changing[0] / RATE == pytest.approx(0.2, abs=0.003)
    assert heard[-1] == 0.75


def test_a_switch_between_equal_sounds_is_not_heard(modules):
    heard = render(modules, {"a": 0.5, "b": 0.5}, (0, "play", 0), (0.1, "select", "b"), (0.2, "select", "a"))
    assert np.abs(started(heard) - 0.5).max() < 1e-6


def test_the_position_stays(modules):
    """One version says where it is: it rises from 0 by 1 a second."""
    heard = render(modules, {"a": 0, "b": (0, 1 / RATE)}, (0, "play", 0), (0.2, "select", "b"))
    after = np.arange(int(0.25 * RATE), int(0.38 * RATE))
    lead = 0.02  # between playing and the first sample
    assert np.abs(heard[after] - (after / RATE - lead)).max() < 2 / RATE


def test_switching_again_within_the_fade(modules):
    versions = {"a": 0.25, "b": 0.5, "c": 0.75}
    heard = render(modules, versions, (0, "play", 0), (0.2, "select", "b"), (0.203, "select", "c"))
    assert started(heard).min() > 0.2
    between = (np.abs(started(heard)[:, None] - [0.25, 0.5, 0.75]).min(axis=1) > 1e-6).sum()
    assert 0 < between < 0.008 * RATE
    assert heard[-1] == pytest.approx(0.75)


def test_starts_in_the_middle_and_seeks(modules):
    heard = render(modules, {"a": (0, 1 / RATE)}, (0, "play", 0.5), (0.2, "seek", 1.5))
    assert started(heard)[0] == pytest.approx(0.5, abs=1e-4)
    assert heard[int(0.3 * RATE)] == pytest.approx(1.5 + 0.1 - 0.02, abs=0.005)


def test_a_version_that_is_not_there_is_refused(modules):
    with pytest.raises(Exception, match="no version z"):
        render(modules, {"a": 0.1}, (0, "select", "z"))
