"""SOFA files that hold measurements of no use, or nothing of use: said, or refused in one line."""

import os
import warnings

import h5py
import numpy as np
import pytest
import sofar

from hrtf import sofa_process
from hrtf.errors import ConventionError, SofaError
from hrtf.sofa import SofaWarning, read_sofa
from hrtf.sofa_process import contents_of

from .sofa_files import AZIMUTH, ELEVATION, assert_is_the_head, assert_one_line, head, plain_file, sofa_object, written


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
    with pytest.raises(SofaError, match=r"damaged \(still not read after 0\.01 s of the processor\)"):
        contents_of(written(tmp_path, sofa_object()), time_limit_s=0.01)


def test_a_reader_that_does_not_get_to_work_is_not_called_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(sofa_process, "PATIENCE_S", 0.0)
    with pytest.raises(SofaError, match=r"not read within 0 s; it is damaged, or the machine too busy"):
        contents_of(written(tmp_path, sofa_object()), time_limit_s=0.001)
