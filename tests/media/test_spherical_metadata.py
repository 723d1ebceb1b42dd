"""What files say of their projection, in every place where it may stand."""

import av
import pytest

from fairplay_bench.errors import MediaError
from fairplay_bench.media.spherical_metadata import SphericalMetadata, read_spherical_metadata

from ..spherical_sources import noise, numbered, plane_wave, write_av
from .spherical_files import (
    box,
    element,
    patch_matroska,
    patch_mp4,
    projection_element,
    st3d,
    stereo_element,
    sv3d,
    v1_uuid,
)


@pytest.fixture
def mp4(tmp_path):
    return write_av(tmp_path / "x.mp4", numbered(5, (64, 32)), sound=plane_wave(noise(0.5), 0), layout="4.0")


@pytest.fixture(params=["x.mkv", "x.webm"])
def matroska(request, tmp_path):
    written = write_av(tmp_path / "x.mkv", numbered(5, (64, 32)), sound=plane_wave(noise(0.5), 0), codec="libopus")
    return written.rename(tmp_path / request.param)


def pictures_of(path):
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize(
    ("kind", "name"), [(b"equi", "equirectangular"), (b"cbmp", "cubemap"), (b"mshp", "mesh")], ids=lambda x: str(x)
)
def test_reads_v2_boxes(mp4, kind, name):
    patch_mp4(mp4, sv3d(kind))
    assert pictures_of(mp4) == 5
    assert read_spherical_metadata(mp4) == SphericalMetadata(name, None)


@pytest.mark.parametrize(
    ("mode", "name"), [(0, None), (1, "top-bottom"), (2, "left-right"), (3, "stereo mode 3")], ids=str
)
def test_reads_the_stereo_box(mp4, mode, name):
    patch_mp4(mp4, st3d(mode) + sv3d(b"equi"))
    assert pictures_of(mp4) == 5
    assert read_spherical_metadata(mp4) == SphericalMetadata("equirectangular", name)


@pytest.mark.parametrize(
    ("said", "stereo"), [(None, None), ("mono", None), ("top-bottom", "top-bottom"), ("left-right", "left-right")]
)
def test_reads_the_older_xml(mp4, said, stereo):
    patch_mp4(mp4, v1_uuid(stereo=said), where=())
    assert pictures_of(mp4) == 5
    assert read_spherical_metadata(mp4) == SphericalMetadata("equirectangular", stereo)


def test_the_newer_boxes_outdo_the_xml(mp4):
    patch_mp4(mp4, v1_uuid("equirectangular"), where=())
    patch_mp4(mp4, sv3d(b"cbmp"))
    assert read_spherical_metadata(mp4).projection == "cubemap"


def test_a_foreign_uuid_says_nothing(mp4):
    patch_mp4(
        mp4, box(b"uuid", bytes(16) + b"<GSpherical:ProjectionType>cubemap</GSpherical:ProjectionType>"), where=()
    )
    assert read_spherical_metadata(mp4) == SphericalMetadata()


@pytest.mark.parametrize(
    ("kind", "name"),
    [(0, "rectangular"), (1, "equirectangular"), (2, "cubemap"), (3, "mesh"), (9, "projection type 9")],
)
def test_reads_matroska_projections(matroska, kind, name):
    patch_matroska(matroska, projection_element(kind))
    assert pictures_of(matroska) == 5
    assert read_spherical_metadata(matroska) == SphericalMetadata(name, None)


@pytest.mark.parametrize(
    ("mode", "name"),
    [(0, None), (1, "left-right"), (2, "top-bottom"), (3, "top-bottom"), (11, "left-right"), (5, "stereo mode 5")],
)
def test_reads_matroska_stereo_modes(matroska, mode, name):
    patch_matroska(matroska, stereo_element(mode) + projection_element(1))
    assert read_spherical_metadata(matroska) == SphericalMetadata("equirectangular", name)


def test_reads_the_stereo_mode_that_ffmpeg_writes(tmp_path):
    path = write_av(tmp_path / "x.mkv", numbered(5, (64, 32)), tags={"stereo_mode": "top_bottom"})
    assert read_spherical_metadata(path).stereo == "top-bottom"


def test_a_projection_of_no_bytes_is_the_default(matroska):
    patch_matroska(matroska, element(0x7670, element(0x7671, b"")))
    assert read_spherical_metadata(matroska).projection == "rectangular"


def test_reads_a_live_stream_of_unknown_length(tmp_path):
    video = element(0xE0, stereo_element(1) + projection_element(2))
    tracks = element(0x1654AE6B, element(0xAE, video))
    path = tmp_path / "live.webm"
    path.write_bytes(element(0x1A45DFA3, b"\x42\x86\x81\x01") + bytes.fromhex("1853806701ffffffffffffff") + tracks)
    assert read_spherical_metadata(path) == SphericalMetadata("cubemap", "left-right")


def test_files_without_metadata_say_nothing(mp4, tmp_path):
    assert read_spherical_metadata(mp4) == SphericalMetadata()
    plain = write_av(tmp_path / "y.mkv", numbered(5, (64, 32)))
    assert read_spherical_metadata(plain) == SphericalMetadata()
    (tmp_path / "z.mp4").write_bytes(b"neither")
    assert read_spherical_metadata(tmp_path / "z.mp4") == SphericalMetadata()


def test_survives_files_cut_anywhere(mp4, tmp_path):
    whole = patch_mp4(patch_mp4(mp4, st3d(1) + sv3d(b"equi")), v1_uuid("cubemap"), where=()).read_bytes()
    moov = whole.index(b"moov")
    for stop in range(moov - 4, len(whole), 7):
        mp4.write_bytes(whole[:stop])
        found = read_spherical_metadata(mp4)
        assert found.projection in (None, "equirectangular", "cubemap")


def test_survives_matroska_cut_anywhere(matroska):
    whole = patch_matroska(matroska, stereo_element(1) + projection_element(1)).read_bytes()
    for stop in range(0, min(len(whole), 1200), 3):
        matroska.write_bytes(whole[:stop])
        assert read_spherical_metadata(matroska).stereo in (None, "left-right")


def test_survives_lengths_that_lie(mp4):
    whole = bytearray(patch_mp4(mp4, sv3d(b"equi")).read_bytes())
    moov = whole.index(b"moov")
    for place in range(moov - 4, len(whole) - 4, 11):
        for length in (0, 1, 7, 2**32 - 1):
            broken = whole.copy()
            broken[place : place + 4] = length.to_bytes(4)
            mp4.write_bytes(broken)
            read_spherical_metadata(mp4)  # ends, and raises nothing


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(
        MediaError, match=r"gone\.mp4: cannot be opened \(No such file or directory\); copy or download it"
    ):
        read_spherical_metadata(tmp_path / "gone.mp4")
