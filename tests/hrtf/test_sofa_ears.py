"""SOFA files whose ears, delays or listener need thought: each becomes the same set."""

import numpy as np
import pytest

from hrtf.errors import SofaError
from hrtf.interaural import itd_s
from hrtf.sofa import SofaWarning, read_sofa

from .sofa_files import AZIMUTH, ELEVATION, SAMPLE_RATE, assert_is_the_head, head, plain_file, sofa_object, written


@pytest.mark.parametrize("swap_responses", [False, True])
@pytest.mark.parametrize("swap_receivers", [False, True])
def test_left_comes_first_whatever_the_file_claims(tmp_path, swap_responses, swap_receivers):
    sofa = sofa_object(head()[:, ::-1] if swap_responses else head())
    if swap_receivers:
        sofa.ReceiverPosition = sofa.ReceiverPosition[::-1]
    path = written(tmp_path, sofa)
    if swap_responses != swap_receivers:
        with pytest.warns(SofaWarning, match="ReceiverPosition contradicts"):
            hrirs = read_sofa(path)
    else:
        hrirs = read_sofa(path)
    assert_is_the_head(hrirs)


def test_ears_told_apart_by_delays_alone(tmp_path):
    """The responses are bare pulses, so that only the time tells; the file claims the opposite."""
    onsets = -np.sin(np.radians(AZIMUTH)) * np.cos(np.radians(ELEVATION)) * 12 + 20
    delay = np.stack([onsets, onsets[::-1] * 0 + 40 - onsets], axis=1)
    pulses = np.zeros((len(AZIMUTH), 2, 32))
    pulses[:, :, 0] = 1.0
    receivers = ((0, -0.09, 0), (0, 0.09, 0))
    path = plain_file(tmp_path / "a.sofa", pulses, delay=delay, delay_axes="MR", receivers=receivers)
    with pytest.warns(SofaWarning, match="ReceiverPosition contradicts"):
        hrirs = read_sofa(path)
    np.testing.assert_allclose(hrirs.delays_samples, delay)
    left = hrirs.nearest(90, 0)[0]
    assert itd_s(hrirs.impulse_responses(90, 0), SAMPLE_RATE)[0] == pytest.approx(24 / SAMPLE_RATE, rel=0.02)
    assert hrirs.onsets_samples[left, 0] < hrirs.onsets_samples[left, 1]


@pytest.mark.parametrize("axes", [("R", "C", "I"), ("R", "C", "M"), ("R", "C"), ("C", "R"), ("I", "C")])
def test_receivers_in_any_shape_and_without_a_type(tmp_path, axes):
    def receivers(dataset):
        variable = dataset.createVariable("ReceiverPosition", "f8", axes)
        variable[:] = 0.0
        variable[tuple(1 if axis == "C" else 0 for axis in axes)] = 0.09

    assert_is_the_head(read_sofa(plain_file(tmp_path / "a.sofa", receivers=None, extra=receivers)))


def test_level_and_time_that_contradict_each_other(tmp_path):
    """The louder ear is the later one: nobody's head, and the file's own word is taken."""
    delay = np.where(np.arange(2) == (np.sin(np.radians(AZIMUTH)) > 0)[:, None], 0.0, 90.0)
    with pytest.warns(SofaWarning, match="contradict each other about the ears: ReceiverPosition is believed"):
        hrirs = read_sofa(plain_file(tmp_path / "a.sofa", delay=delay, delay_axes="MR"))
    assert_is_the_head(hrirs)


def test_no_lateral_source_and_no_receivers(tmp_path):
    path = plain_file(tmp_path / "a.sofa", head()[:1], np.array([[0.0, 0.0, 1.0]]), receivers=((0, 0, 0), (0, 0, 0)))
    with pytest.warns(SofaWarning, match="first is taken as left"):
        read_sofa(path)


def test_itd_in_the_delays_comes_out_in_the_rendering(tmp_path):
    responses = head()
    onset = np.argmax(np.abs(responses), axis=2) - 40  # leaves the ringing before the peak in its place
    taps = np.arange(responses.shape[2])
    aligned = np.take_along_axis(responses, (taps + onset[..., None]) % len(taps), axis=2)
    hrirs = read_sofa(plain_file(tmp_path / "a.sofa", aligned, delay=onset, delay_axes="MR"))
    np.testing.assert_allclose(hrirs.delays_samples, onset)
    whole = hrirs.impulse_responses(AZIMUTH, ELEVATION)
    np.testing.assert_allclose(whole[:, :, : responses.shape[2]], responses, atol=2e-3)


def test_common_delay_of_one_row(tmp_path):
    hrirs = read_sofa(plain_file(tmp_path / "a.sofa", delay=np.array([[7.0, 7.0]])))
    assert (hrirs.delays_samples == 7.0).all()
    assert hrirs.delays_samples.shape == (len(AZIMUTH), 2)


def test_delay_in_seconds(tmp_path):
    hrirs = read_sofa(plain_file(tmp_path / "a.sofa", delay=np.full((1, 2), 0.001), delay_units="second"))
    np.testing.assert_allclose(hrirs.delays_samples, 48.0)


def test_negative_delays_are_lifted_together(tmp_path):
    delay = np.stack([np.linspace(-3, 5, len(AZIMUTH)), np.linspace(5, -2, len(AZIMUTH))], axis=1)
    with pytest.warns(SofaWarning, match="3 samples later"):
        hrirs = read_sofa(plain_file(tmp_path / "a.sofa", delay=delay, delay_axes="MR"))
    np.testing.assert_allclose(hrirs.delays_samples, delay + 3)


@pytest.mark.parametrize("delay", [np.full((1, 2), 1e9), np.zeros((3, 2))])
def test_impossible_delays_are_refused(tmp_path, delay):
    path = tmp_path / "a.sofa"
    if len(delay) == 1:
        plain_file(path, delay=delay)
    else:
        plain_file(path, delay=delay, delay_axes="CR")
    with pytest.raises(SofaError, match=r"delay|Delay"):
        read_sofa(path)


def test_positions_relative_to_a_listener_who_looks_left(tmp_path):
    sofa = sofa_object()
    azimuth, elevation = np.radians(AZIMUTH + 90), np.radians(ELEVATION)
    across = np.cos(elevation)
    place = np.array([1.0, 2.0, 1.7])
    sofa.SourcePosition = place + 1.2 * np.stack(
        [np.cos(azimuth) * across, np.sin(azimuth) * across, np.sin(elevation)], axis=1
    )
    sofa.SourcePosition_Type, sofa.SourcePosition_Units = "cartesian", "metre"
    sofa.ListenerPosition = place
    sofa.ListenerView = [0, 1, 0]
    assert_is_the_head(read_sofa(written(tmp_path, sofa)))


def test_turning_listener_and_one_source(tmp_path):
    """A turntable: the source stands still in front and the listener's view turns the other way."""
    horizon = ELEVATION == 0
    azimuth = AZIMUTH[horizon]
    sofa = sofa_object(head()[horizon], azimuth, ELEVATION[horizon])
    sofa.SourcePosition = np.array([[0.0, 0.0, 2.0]])
    angle = np.radians(-azimuth)
    sofa.ListenerView = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    sofa.ListenerUp = np.tile([0.0, 0.0, 1.0], (len(azimuth), 1))
    hrirs = read_sofa(written(tmp_path, sofa))
    index, gap = hrirs.nearest(azimuth, 0.0)
    assert gap.max() < 1e-3
    np.testing.assert_allclose(hrirs.responses[index], head()[horizon], atol=1e-9)


def test_sources_around_the_origin_and_a_listener_elsewhere(tmp_path):
    sofa = sofa_object()
    sofa.ListenerPosition = [0.0, 0.0, 1.7]
    with pytest.warns(SofaWarning, match="surround the origin"):
        assert_is_the_head(read_sofa(written(tmp_path, sofa)))


def test_view_and_up_that_agree_are_ignored(tmp_path):
    sofa = sofa_object()
    sofa.ListenerView = [0, 0, 1]
    with pytest.warns(SofaWarning, match="no orientation"):
        assert_is_the_head(read_sofa(written(tmp_path, sofa)))
