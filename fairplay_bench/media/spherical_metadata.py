"""What an MP4, WebM or MKV file says of its projection and of stereo pairs.

MP4: the boxes ``sv3d`` and ``st3d`` (Spherical Video V2) and the older XML in a ``uuid`` box (V1). WebM and MKV: the
elements Projection and StereoMode of the first video track. YouTube's equi-angular cubemaps carry a mesh there.

References:
    Google, Spherical Video RFC, V1 and V2. Matroska element specification (RFC 9559).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fairplay_bench.errors import MediaError
from fairplay_bench.media.matroska import EBML, SEGMENT, element_head

_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"sv3d", b"proj")
_SAMPLE_ENTRY = 78  # bytes of a visual sample entry before its own boxes
_PROJECTIONS = {b"equi": "equirectangular", b"cbmp": "cubemap", b"mshp": "mesh"}
_V1_UUID = bytes.fromhex("ffcc8263f8554a938814587a02521fdd")
_TRACKS, _CLUSTER, _ENTRY, _VIDEO = 0x1654AE6B, 0x1F43B675, 0xAE, 0xE0
_STEREO_MODE, _PROJECTION, _PROJECTION_TYPE = 0x53B8, 0x7670, 0x7671
_MASTERS = (SEGMENT, _TRACKS, _ENTRY, _VIDEO, _PROJECTION)
_MKV_PROJECTIONS = {0: "rectangular", 1: "equirectangular", 2: "cubemap", 3: "mesh"}
_LARGEST = 1 << 20  # bytes of an element that is worth reading here


@dataclass(frozen=True, slots=True)
class SphericalMetadata:
    """What a file says of its pictures.

    Attributes:
        projection: ``"equirectangular"``, ``"cubemap"``, ``"mesh"``, another name, or None where nothing is said.
        stereo: ``"top-bottom"``, ``"left-right"``, another name, or None for one picture.
    """

    projection: str | None = None
    stereo: str | None = None


def read_spherical_metadata(path: Path) -> SphericalMetadata:
    """Read the metadata of a file; other formats say nothing.

    Raises:
        MediaError: if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            head = file.read(8)
            if head[:4] == EBML:
                return _from_ebml(file, size)
            return _from_mp4(file, size) if head[4:8] == b"ftyp" else SphericalMetadata()
    except OSError as error:
        raise MediaError(f"{path}: cannot be opened ({error.strerror}); copy or download it again.") from error


def _from_mp4(file: BinaryIO, size: int) -> SphericalMetadata:
    projection = stereo = None
    for kind, content in _boxes(file, 0, size):
        if kind in _PROJECTIONS:
            projection = projection or _PROJECTIONS[kind]
        elif kind == b"st3d" and len(content) > 4:
            stereo = {0: None, 1: "top-bottom", 2: "left-right"}.get(content[4], f"stereo mode {content[4]}")
        elif kind == b"uuid" and content.startswith(_V1_UUID):
            text = content[len(_V1_UUID) :].decode("utf-8", "replace")
            projection = projection or _xml_value(text, "ProjectionType")
            stereo = stereo or _xml_value(text, "StereoMode")
    return SphericalMetadata(projection, None if stereo == "mono" else stereo)


def _boxes(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
    """Every box that may concern us, with the start of its content."""
    while start + 8 <= stop:
        file.seek(start)
        head = file.read(16)
        length, kind, skip = int.from_bytes(head[:4]), head[4:8], 8
        if length == 1:
            length, skip = int.from_bytes(head[8:16]), 16
        end = stop if length == 0 else start + length
        if end <= start + skip - 1 or end > stop:
            return
        if kind in _CONTAINERS:
            yield from _boxes(file, start + skip, end)
        elif kind == b"stsd":
            for entry, inner_start, inner_end in _sample_entries(file, start + skip + 8, end):
                if entry not in (b"mp4a", b"Opus", b"tmcd", b"text"):
                    yield from _boxes(file, inner_start + _SAMPLE_ENTRY, inner_end)
        elif kind in _PROJECTIONS or kind in (b"st3d", b"uuid"):
            file.seek(start + skip)
            yield kind, file.read(min(end - start - skip, _LARGEST))
        start = end


def _sample_entries(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    while start + 8 <= stop:
        file.seek(start)
        head = file.read(8)
        length = int.from_bytes(head[:4])
        if length < 8 or start + length > stop:
            return
        yield head[4:8], start + 8, start + length
        start += length


def _xml_value(text: str, name: str) -> str | None:
    match = re.search(rf"<GSpherical:{name}>\s*([\w-]+)\s*</GSpherical:{name}>", text)
    return match[1].lower() if match else None


def _from_ebml(file: BinaryIO, size: int) -> SphericalMetadata:
    projection = stereo = None
    for name, content in _elements(file, 0, size):
        value = int.from_bytes(content)
        if name == _PROJECTION_TYPE:
            projection = _MKV_PROJECTIONS.get(value, f"projection type {value}")
        elif name == _STEREO_MODE and value:
            modes = {1: "left-right", 2: "top-bottom", 3: "top-bottom", 11: "left-right"}
            stereo = modes.get(value, f"stereo mode {value}")
    return SphericalMetadata(projection, stereo)


def _elements(file: BinaryIO, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """Every EBML element that may concern us, up to the first cluster."""
    while start < stop:
        file.seek(start)
        name, length, used = element_head(file.read(16))
        inner = start + used
        if not used or inner > stop or name == _CLUSTER:
            return
        end = stop if length is None else min(inner + length, stop)  # None: a live stream's segment
        if name in _MASTERS:
            yield from _elements(file, inner, end)
        elif name in (_STEREO_MODE, _PROJECTION_TYPE):
            file.seek(inner)
            yield name, file.read(min(end - inner, 8))
        start = end
