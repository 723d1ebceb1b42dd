"""SOFA files as real tools write them: each becomes the same set, or is refused in one line."""

import os
import warnings

import h5py
import numpy as np
import pytest
import sofar

from hrtf.errors import ConventionError, SofaError
from hrtf.interaural import ild_db, itd_s
from hrtf.sofa import SofaWarning, read_sofa
from hrtf.sofa_process import contents_of

from .sofa_files import AZIMUTH, ELEVATION, SAMPLE_RATE, head, plain_file, sofa_object, written


def assert_is_the_head(hrirs, tolerance=1e-6):
    """The set is the spherical head that was written, whatever the spelling."""
    assert hrirs.sample_rate == SAMPLE_RATE
    index, gap = hrirs.nearest(AZIMUTH, ELEVATION)
    assert gap.max() < 1e-3
    assert sorted(index) == list(range(len(AZIMUTH)))
    np.testing.assert_allclose(hrirs.responses[index], head(), atol=tolerance)


def test_reads_what_sofar_writes(tmp_path):
    sofa = sofa_object()
    sofa.GLOBAL_DatabaseName, sofa.GLOBAL_ListenerShortName = "A Lab", "S 01"
    sofa.GLOBAL_License = "CC0"
    hrirs = read_sofa(written(tmp_path, sofa))
    assert_is_the_head(hrirs)
    assert hrirs.name == "a-lab-s-01"
    assert hrirs.licence == "CC0"
    assert hrirs.distance_m == pytest.approx(1.2)
    assert not hrirs.delays_samples.any()


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_rates(tmp_path, rate):
    hrirs = read_sofa(written(tmp_path, sofa_object(sample_rate=rate)))
    assert hrirs.sample_rate == rate
    assert hrirs.responses.shape[-1] == rate // 200


def test_any_suffix(tmp_path):
    written(tmp_path, sofa_object()).rename(tmp_path / "set.v1.SOFA")
    assert_is_the_head(read_sofa(tmp_path / "set.v1.SOFA"))


def test_relative_path(tmp_path, monkeypatch):
    written(tmp_path, sofa_object())
    monkeypatch.chdir(tmp_path)
    assert_is_the_head(read_sofa("set.sofa"))


def test_cartesian_positions(tmp_path):
    sofa = sofa_object()
    azimuth, elevation = np.radians(AZIMUTH), np.radians(ELEVATION)
    across = np.cos(elevation)
    sofa.SourcePosition = 1.2 * np.stack([np.cos(azimuth) * across, np.sin(azimuth) * across, np.sin(elevation)], 1)
    sofa.SourcePosition_Type, sofa.SourcePosition_Units = "cartesian", "metre"
    hrirs = read_sofa(written(tmp_path, sofa))
    assert_is_the_head(hrirs)
    assert hrirs.distance_m == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("kind", "warns"),
    [
        (("spherical", "degree, degree, metre"), False),
        (("Spherical", "Degree, Degree, Meter"), False),
        (("spherical", "degrees, degrees, meters"), False),
        (("spherical", None), False),
        ((None, "degree, degree, metre"), False),
        (("cartesian", "degree, degree, metre"), True),
    ],
)
def test_spellings_of_spherical(tmp_path, kind, warns):
    path = plain_file(tmp_path / "a.sofa", position_kind=kind)
    if warns:
        with pytest.warns(SofaWarning, match="taken for spherical"):
            assert_is_the_head(read_sofa(path))
    else:
        assert_is_the_head(read_sofa(path))


def test_radians(tmp_path):
    positions = np.stack([np.radians(AZIMUTH), np.radians(ELEVATION), np.ones(len(AZIMUTH))], axis=1)
    path = plain_file(tmp_path / "a.sofa", positions=positions, position_kind=("spherical", "radian, radian, metre"))
    assert_is_the_head(read_sofa(path))


def test_positions_without_any_kind_are_refused(tmp_path):
    path = plain_file(tmp_path / "a.sofa", position_kind=(None, None))
    with pytest.raises(SofaError, match="Cartesian or spherical"):
        read_sofa(path)


def test_negative_azimuths_and_wrapped_elevations(tmp_path):
    azimuth = np.where(AZIMUTH > 180, AZIMUTH - 360, AZIMUTH)
    elevation = np.where(ELEVATION < 0, ELEVATION + 360, ELEVATION)
    positions = np.stack([azimuth, elevation, np.ones(len(azimuth))], axis=1)
    with pytest.warns(SofaWarning, match="24 elevations lie outside"):
        assert_is_the_head(read_sofa(plain_file(tmp_path / "a.sofa", positions=positions)))


@pytest.mark.parametrize("version", ["0.3", "0.4", "1.0"])
def test_known_versions(tmp_path, version):
    assert_is_the_head(read_sofa(plain_file(tmp_path / "a.sofa", version=version, delay=np.zeros((1, 2)))))


@pytest.mark.parametrize("version", ["2.0", "7", "unheard of"])
def test_versions_that_sofar_does_not_know(tmp_path, version):
    path = plain_file(tmp_path / "a.sofa", version=version, delay=np.zeros((1, 2)))
    with pytest.warns(SofaWarning, match="sofar cannot verify it"):
        assert_is_the_head(read_sofa(path))


def test_what_sofar_finds_is_said(tmp_path):
    def misspelt(dataset):
        dataset["Data.SamplingRate"].Units = "bananas"

    path = plain_file(tmp_path / "a.sofa", version="1.0", delay=np.zeros((1, 2)), extra=misspelt)
    with pytest.warns(SofaWarning, match="against the convention: .*bananas"):
        assert_is_the_head(read_sofa(path))


@pytest.mark.parametrize(
    "options",
    [
        {"ir_axes": "MRN", "scalar_rate": True},
        {"position_axes": "CM", "positions": "transposed"},
        {"ir_axes": "RMN", "responses": (1, 0, 2)},
        {"ir_axes": "NRM", "responses": (2, 1, 0)},
        {"receivers": None},
        {"delay": np.zeros((2, 1)), "delay_axes": "RI"},
    ],
)
def test_axes_and_omissions(tmp_path, options):
    options = dict(options)
    if "positions" in options:
        options["positions"] = np.stack([AZIMUTH, ELEVATION, np.full(len(AZIMUTH), 1.2)])
    if "responses" in options:
        options["responses"] = np.transpose(head(), options["responses"])
    assert_is_the_head(read_sofa(plain_file(tmp_path / "a.sofa", **options)))


def test_h5py_file_without_dimension_names(tmp_path):
    path = tmp_path / "a.sofa"
    with h5py.File(path, "w") as file:
        file.attrs["Conventions"], file.attrs["SOFAConventions"] = "SOFA", "SimpleFreeFieldHRIR"
        file.attrs["SOFAConventionsVersion"], file.attrs["DataType"] = "0.4", np.bytes_("FIR")
        file["Data.IR"] = head().astype(np.float32)
        file["Data.SamplingRate"] = SAMPLE_RATE
        file["SourcePosition"] = np.stack([AZIMUTH, ELEVATION, np.ones(len(AZIMUTH))], axis=1)
        file["SourcePosition"].attrs["Type"] = np.bytes_("spherical")
    assert_is_the_head(read_sofa(path))


def test_one_direction(tmp_path):
    sofa = sofa_object(head(azimuth=np.array([30.0]), elevation=np.zeros(1)), np.array([30.0]), np.zeros(1))
    hrirs = read_sofa(written(tmp_path, sofa))
    assert hrirs.responses.shape == (1, 2, 240)
    assert hrirs.azimuth_deg == pytest.approx(30.0)


# --- ears ---


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


# --- delays ---


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


# --- the listener's place and view ---


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


# --- measurements that cannot be used ---


def test_nan_and_silence_are_left_out_and_said(tmp_path):
    responses = head().copy()
    responses[3, 0, 5] = np.nan
    responses[7, 1] = 0.0
    with pytest.warns(SofaWarning, match="1 of 73 measurements are not finite.*1 of 73 measurements have a silent ear"):
        hrirs = read_sofa(plain_file(tmp_path / "a.sofa", responses))
    assert len(hrirs.responses) == 71


def test_nothing_finite_is_refused(tmp_path):
    with pytest.raises(SofaError, match="no measurement can be used"):
        read_sofa(plain_file(tmp_path / "a.sofa", head() * np.nan))


def test_repeated_directions(tmp_path):
    azimuth, elevation = np.append(AZIMUTH, [360.0, 77.0]), np.append(ELEVATION, [0.0, 90.0])
    sofa = sofa_object(None, azimuth, elevation)
    with pytest.warns(SofaWarning, match="2 measurements repeat a direction"):
        assert_is_the_head(read_sofa(written(tmp_path, sofa)))


def test_several_distances(tmp_path):
    count = len(AZIMUTH)
    sofa = sofa_object(
        np.concatenate([0.5 * head()[:20], head()]),
        np.concatenate([AZIMUTH[:20], AZIMUTH]),
        np.concatenate([ELEVATION[:20], ELEVATION]),
        np.concatenate([np.full(20, 0.5), np.full(count, 1.2)]),
    )
    with pytest.warns(SofaWarning, match="2 distances: only the 73 at 1.2 m"):
        assert_is_the_head(read_sofa(written(tmp_path, sofa)))


def test_a_broken_sample_rate_is_rounded_and_said(tmp_path):
    with pytest.warns(SofaWarning, match="48828.1 Hz is taken for 48828"):
        assert read_sofa(plain_file(tmp_path / "a.sofa", rate=48828.125)).sample_rate == 48828


@pytest.mark.parametrize("rate", [0.0, -48000.0, np.nan, 1e9])
def test_impossible_rates_are_refused(tmp_path, rate):
    with pytest.raises(SofaError, match="sample rate"):
        read_sofa(plain_file(tmp_path / "a.sofa", rate=rate))


def test_a_room_is_said(tmp_path):
    def reverberant(dataset):
        dataset.RoomType = "Reverberant - acoustically treated listening room."

    with pytest.warns(SofaWarning, match="measured in a room"):
        assert_is_the_head(read_sofa(plain_file(tmp_path / "a.sofa", extra=reverberant)))


# --- refusals ---


@pytest.mark.parametrize(
    "convention",
    ["FreeFieldHRIR", "SimpleFreeFieldHRTF", "SimpleFreeFieldHRSOS", "FreeFieldHRTF", "GeneralTF"],
)
def test_other_conventions_are_refused_by_name(tmp_path, convention):
    path = tmp_path / "a.sofa"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sofar.write_sofa(path, sofar.Sofa(convention))
    with pytest.raises(ConventionError, match=convention) as caught:
        read_sofa(path)
    assert_one_line(caught.value, path)


@pytest.mark.parametrize(
    "convention", ["SimpleHeadphoneIR", "MultiSpeakerBRIR", "SingleRoomSRIR", "SimpleFreeFieldTF", "Something"]
)
def test_old_and_unknown_conventions_too(tmp_path, convention):
    with pytest.raises(ConventionError, match=convention):
        read_sofa(plain_file(tmp_path / "a.sofa", convention=convention))


def test_many_emitters_are_refused(tmp_path):
    with pytest.raises(ConventionError, match="8 emitters"):
        read_sofa(plain_file(tmp_path / "a.sofa", extra=lambda dataset: dataset.createDimension("E", 8)))


def test_four_receivers_are_refused(tmp_path):
    responses = np.repeat(head(), 2, axis=1)
    with pytest.raises(SofaError, match="4 receivers"):
        read_sofa(plain_file(tmp_path / "a.sofa", responses, receivers=None))


def assert_one_line(error, path):
    text = str(error)
    assert "\n" not in text
    assert text.count(str(path)) == 1
    assert len(text) < 400


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "empty"),
        (b"RIFF....WAVE", "not in HDF5 format"),
        (b"<html>404</html>", "not in HDF5 format"),
        (b"\x89HDF\r\n\x1a\n", "damaged"),
        (b"\x89HDF\r\n\x1a\n" + bytes(5000), "damaged"),
        (b"CDF\x01" + bytes(64), "damaged|not a SOFA file"),
    ],
)
def test_files_that_are_nothing_of_the_kind(tmp_path, content, match):
    path = tmp_path / "a.sofa"
    path.write_bytes(content)
    with pytest.raises(SofaError, match=match) as caught:
        read_sofa(path)
    assert_one_line(caught.value, path)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(SofaError, match="no such file"):
        read_sofa(tmp_path / "absent.sofa")
    with pytest.raises(SofaError, match="not a file"):
        read_sofa(tmp_path)


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_truncated_files(tmp_path, part):
    path = written(tmp_path, sofa_object())
    os.truncate(path, int(path.stat().st_size * part))
    with pytest.raises(SofaError, match="damaged") as caught:
        read_sofa(path)
    assert_one_line(caught.value, path)


def test_hdf5_that_is_not_sofa(tmp_path):
    path = tmp_path / "a.sofa"
    with h5py.File(path, "w") as file:
        file["x"] = np.zeros(3)
    with pytest.raises(SofaError, match="names no SOFA convention"):
        read_sofa(path)


def test_missing_variables_are_named(tmp_path):
    path = plain_file(tmp_path / "a.sofa")
    with h5py.File(path, "a") as file:
        del file["Data.IR"]
    with pytest.raises(SofaError, match=r"Data\.IR missing|damaged"):
        read_sofa(path)


def test_more_data_declared_than_the_file_can_hold(tmp_path):
    def huge(dataset):
        dataset.createDimension("X", 10**12)
        dataset.createVariable("Junk", "f8", ("X",), chunksizes=(1000,))

    with pytest.raises(SofaError, match="declares"):
        read_sofa(plain_file(tmp_path / "a.sofa", extra=huge))


def test_a_file_that_takes_forever_is_given_up(tmp_path):
    with pytest.raises(SofaError, match=r"still not read after 0\.01 s"):
        contents_of(written(tmp_path, sofa_object()), time_limit_s=0.01)


# --- the real files ---


def test_nh2(shared):
    hrirs = read_sofa(shared / "data" / "sofa" / "dtf_nh2.sofa")
    assert (hrirs.name, hrirs.sample_rate, hrirs.responses.shape) == ("ari-nh2", 48000, (1550, 2, 256))
    assert "ShareAlike 3.0" in hrirs.licence
    index, gap = hrirs.nearest(90, 0)
    assert gap < 0.01
    assert 15 < ild_db(hrirs.responses[index], 48000) < 20
    assert 600e-6 < itd_s(hrirs.responses[index], 48000) < 800e-6


def test_kemar(shared):
    hrirs = read_sofa(shared / "data" / "sofa" / "MIT_KEMAR_normal_pinna.sofa")
    assert (hrirs.name, hrirs.sample_rate, hrirs.responses.shape) == ("mit-kemar-normal-pinna", 44100, (710, 2, 512))
    index, _ = hrirs.nearest(90, 0)
    assert 5 < ild_db(hrirs.responses[index], 44100) < 20
    assert 600e-6 < itd_s(hrirs.responses[index], 44100) < 800e-6


@pytest.mark.parametrize("name", ["fail-issue-135.sofa", "fail-issue-163.sofa"])
def test_corrupt_real_files(shared, name):
    path = shared / "data" / "sofa-bad" / name
    with pytest.raises(SofaError, match="damaged") as caught:
        read_sofa(path)
    assert_one_line(caught.value, path)
