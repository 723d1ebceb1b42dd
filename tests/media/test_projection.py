"""Marked points of cubemaps come out where they belong, by a geometry of the tests' own."""

import av
import numpy as np
import pytest

from fairplay_bench.errors import MediaError, UnknownNameError
from fairplay_bench.media.projection import projection_of, to_equirectangular
from fairplay_bench.media.spherical_metadata import SphericalMetadata
from fairplay_bench.media.video import take_frames

from ..spherical_sources import numbered, write_av
from .spherical_files import patch_matroska, patch_mp4, projection_element, st3d, stereo_element, sv3d, v1_uuid

FACE = 200
RADIUS_DEG = 7
MARKS = {  # colour: azimuth (counter-clockwise), elevation; off the middle of its face, so that a turned face is seen
    (255, 0, 0): (14, 8),
    (0, 255, 0): (104, 10),
    (0, 0, 255): (-76, 12),
    (255, 255, 0): (194, -9),
    (0, 255, 255): (30, 70),
    (255, 0, 255): (-50, -68),
}
# What each face shows at a place (right, down) of its square, both from -1 to 1: forward, left, up.
# The plain cubemap shows every face upright; above and below, the edge to the front is nearest to it.
CUBEMAP = (
    (lambda r, d: (-r, -1, -d), lambda r, d: (r, 1, -d), lambda r, d: (d, -r, 1)),  # right, left, up
    (lambda r, d: (-d, -r, -1), lambda r, d: (1, -r, -d), lambda r, d: (-1, r, -d)),  # down, front, back
)
# The other one: two strips without a seam, left-front-right, and below it down-back-up lying on its side.
EAC = (
    (lambda r, d: (r, 1, -d), lambda r, d: (1, -r, -d), lambda r, d: (-r, -1, -d)),
    (lambda r, d: (-r, d, -1), lambda r, d: (-1, d, r), lambda r, d: (r, d, 1)),
)


def unit(azimuth_deg, elevation_deg):
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    return np.array([np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)])


def painted(directions):
    """Grey, with a disc of each colour; ``(..., 3)`` in forward, left, up."""
    directions = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    image = np.full(directions.shape, 60, np.uint8)
    for colour, where in MARKS.items():
        image[directions @ unit(*where) > np.cos(np.radians(RADIUS_DEG))] = colour
    return image


def faces_painted(faces, equi_angular):
    place = (2 * np.arange(FACE) + 1) / FACE - 1
    place = np.tan(np.pi / 4 * place) if equi_angular else place
    down, right = np.meshgrid(place, place, indexing="ij")
    rows = []
    for row in faces:
        shown = [np.stack(np.broadcast_arrays(*face(right, down)), axis=-1).astype(float) for face in row]
        rows.append(np.concatenate([painted(face) for face in shown], axis=1))
    return np.concatenate(rows)


def equirectangular_painted(width=480):
    azimuth = np.radians(180 - 360 * (np.arange(width) + 0.5) / width)
    elevation = np.radians(90 - 180 * (np.arange(width // 2) + 0.5) / (width // 2))
    directions = np.stack(
        np.broadcast_arrays(
            np.cos(azimuth) * np.cos(elevation[:, None]),
            np.sin(azimuth) * np.cos(elevation[:, None]),
            np.sin(elevation[:, None]),
        ),
        axis=-1,
    )
    return painted(directions)


def marks_found(frame):
    """Azimuth and elevation of each colour's middle in an equirectangular picture."""
    height, width, _ = frame.shape
    azimuth = 180 - 360 * (np.arange(width) + 0.5) / width
    elevation = 90 - 180 * (np.arange(height) + 0.5) / height
    found = {}
    for colour in MARKS:
        rows, columns = np.nonzero((np.abs(frame.astype(int) - colour) < 90).all(axis=-1))
        assert len(rows), f"{colour} is nowhere"
        weight = np.cos(np.radians(elevation[rows]))
        middle = (weight[:, None] * unit(azimuth[columns], elevation[rows]).T).sum(axis=0)
        found[colour] = middle / np.linalg.norm(middle)
    return found


def check_marks(frame):
    for colour, middle in marks_found(frame).items():
        apart_deg = np.degrees(np.arccos(np.clip(middle @ unit(*MARKS[colour]), -1, 1)))
        assert apart_deg < 1.5, f"{colour} is {apart_deg:.1f}° from where it belongs"


def only_frame(path, wanted=None):
    (frame,) = take_frames(path, 1, 480, 240, to_equirectangular(projection_of(path, wanted)))
    assert frame.shape == (240, 480, 3)
    return frame


PICTURES = {
    "equirectangular": equirectangular_painted(),
    "eac": faces_painted(EAC, equi_angular=True),
    "cubemap": faces_painted(CUBEMAP, equi_angular=False),
}


@pytest.mark.parametrize("projection", PICTURES)
def test_marks_in_each_face_come_out_where_they_belong(tmp_path, projection):
    check_marks(only_frame(write_av(tmp_path / "x.mp4", [PICTURES[projection]]), projection))


@pytest.mark.parametrize(("taken_for", "is_really"), [("eac", "cubemap"), ("cubemap", "eac")])
def test_the_marks_tell_the_projections_apart(tmp_path, taken_for, is_really):
    path = write_av(tmp_path / "x.mp4", [PICTURES[is_really]])
    with pytest.raises(AssertionError):
        check_marks(only_frame(path, taken_for))


def test_a_cubemap_at_16_to_9_as_the_downloads_have_it(tmp_path):
    stretched = av.VideoFrame.from_ndarray(PICTURES["eac"], format="rgb24").reformat(1280, 720).to_ndarray()
    check_marks(only_frame(write_av(tmp_path / "x.mp4", [stretched]), "eac"))


@pytest.mark.parametrize(
    ("boxes", "projection"),
    [(sv3d(b"equi"), "equirectangular"), (sv3d(b"mshp"), "eac"), (sv3d(b"cbmp"), "cubemap"), (b"", "equirectangular")],
    ids=["equi", "mshp", "cbmp", "nothing, 2:1"],
)
def test_mp4_metadata_choose_the_projection(tmp_path, boxes, projection):
    path = patch_mp4(write_av(tmp_path / "x.mp4", [PICTURES[projection]]), boxes)
    assert projection_of(path) == SphericalMetadata(projection, None)
    check_marks(only_frame(path))


@pytest.mark.parametrize(("kind", "projection"), [(1, "equirectangular"), (2, "cubemap"), (3, "eac")])
def test_matroska_metadata_choose_the_projection(tmp_path, kind, projection):
    path = patch_matroska(write_av(tmp_path / "x.mkv", [PICTURES[projection]]), projection_element(kind))
    check_marks(only_frame(path))


@pytest.mark.parametrize("projection", PICTURES)
@pytest.mark.parametrize(("mode", "axis"), [(1, 0), (2, 1)], ids=["top-bottom", "left-right"])
def test_of_stereo_pairs_the_top_or_left_half_is_taken(tmp_path, projection, mode, axis):
    pair = np.concatenate([PICTURES[projection], np.zeros_like(PICTURES[projection])], axis=axis)
    path = patch_mp4(write_av(tmp_path / "x.mp4", [pair]), st3d(mode))
    check_marks(only_frame(path, projection))


def test_matroska_stereo_modes_and_xml_halve_too(tmp_path):
    pair = np.concatenate([PICTURES["equirectangular"], np.zeros_like(PICTURES["equirectangular"])])
    check_marks(only_frame(patch_matroska(write_av(tmp_path / "x.mkv", [pair]), stereo_element(3))))
    path = write_av(tmp_path / "x.mp4", [pair])
    check_marks(only_frame(patch_mp4(path, v1_uuid(stereo="top-bottom"), where=())))


@pytest.mark.parametrize("wanted", [None, "equirectangular"])
def test_a_square_without_metadata_is_a_stereo_pair(tmp_path, wanted):
    pair = np.concatenate([PICTURES["equirectangular"], np.zeros_like(PICTURES["equirectangular"])])
    path = write_av(tmp_path / "x.mp4", [pair])
    assert projection_of(path, wanted) == SphericalMetadata("equirectangular", "top-bottom")
    check_marks(only_frame(path, wanted))


def test_what_is_asked_for_outdoes_the_metadata(tmp_path):
    path = patch_mp4(write_av(tmp_path / "x.mp4", [PICTURES["eac"]]), sv3d(b"equi"))
    assert projection_of(path, "eac") == SphericalMetadata("eac", None)


def test_an_equirectangular_picture_is_not_touched(tmp_path):
    assert to_equirectangular(SphericalMetadata("equirectangular", None)) is None


def test_every_picture_is_converted_not_only_the_first(tmp_path):
    blank = np.full_like(PICTURES["eac"], 60)
    path = write_av(tmp_path / "x.mp4", [blank, blank, PICTURES["eac"]])
    *_, last = take_frames(path, 3, 480, 240, to_equirectangular(SphericalMetadata("eac")))
    check_marks(last)


def refusal(path, wanted=None):
    with pytest.raises(MediaError) as refused:
        projection_of(path, wanted)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(("kind", "name"), [(0, "rectangular"), (9, "projection type 9")])
def test_unknown_projections_are_refused_by_name(tmp_path, kind, name):
    path = patch_matroska(write_av(tmp_path / "x.mkv", numbered(1)), projection_element(kind))
    message = refusal(path)
    assert f"x.mkv: its projection, {name}, is not known" in message
    assert "--projection" in message


def test_unknown_stereo_pairs_are_refused_by_name(tmp_path):
    path = patch_mp4(write_av(tmp_path / "x.mp4", numbered(1)), st3d(4) + sv3d(b"equi"))
    assert "stereo pairs as stereo mode 4 are unknown" in refusal(path)


@pytest.mark.parametrize("size", [(360, 240), (640, 360), (320, 320 + 96)])
def test_without_metadata_and_not_two_to_one_is_refused_naming_the_option(tmp_path, size):
    message = refusal(write_av(tmp_path / "x.mp4", numbered(1, size)))
    assert f"is {size[0]} x {size[1]}, not 2:1; name it with --projection equirectangular|eac|cubemap" in message


def test_an_unknown_wish_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(UnknownNameError, match=r"unknown projection 'equirect'.*Did you mean 'equirectangular'"):
        projection_of(write_av(tmp_path / "x.mp4", numbered(1)), "equirect")


def test_a_file_without_pictures_is_named(tmp_path):
    path = write_av(tmp_path / "x.mp4", sound=np.zeros((2, 4800), np.float32), layout="stereo")
    assert "x.mp4: has no picture track" in refusal(path)
