"""SOFA files as real tools write them: each becomes the same set, whatever the spelling."""

import h5py
import numpy as np
import pytest

from hrtf.errors import SofaError
from hrtf.interaural import ild_db, itd_s
from hrtf.sofa import SofaWarning, read_sofa

from .sofa_files import (
    AZIMUTH,
    ELEVATION,
    SAMPLE_RATE,
    assert_is_the_head,
    assert_one_line,
    head,
    plain_file,
    sofa_object,
    written,
)


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
