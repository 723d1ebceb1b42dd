"""MP4 and Matroska files with metadata of spherical video, made by patching files that lack it."""

_MATROSKA_MASTERS = (0x18538067, 0x1654AE6B, 0xAE, 0xE0)
_MATROSKA_LEFT_OUT = (0x114D9B74, 0x1C53BB6B, 0xBF, 0xEC)  # indices by position, checksums, padding


def box(kind, content=b""):
    return (8 + len(content)).to_bytes(4) + kind + content


def full_box(kind, content=b""):
    return box(kind, bytes(4) + content)


def sv3d(projection):
    """The box of Spherical Video V2 for a projection, such as ``b"equi"``."""
    header = full_box(b"svhd", b"maker\0") + box(
        b"proj", full_box(b"prhd", bytes(12)) + full_box(projection, bytes(16))
    )
    return box(b"sv3d", header)


def st3d(mode):
    return full_box(b"st3d", bytes([mode]))


def v1_uuid(projection="equirectangular", stereo=None):
    mode = f"<GSpherical:StereoMode>{stereo}</GSpherical:StereoMode>" if stereo else ""
    xml = (
        '<?xml version="1.0"?><rdf:SphericalVideo xmlns:GSpherical="http://ns.google.com/videos/1.0/spherical/">'
        "<GSpherical:Spherical>true</GSpherical:Spherical>"
        f"<GSpherical:ProjectionType>{projection}</GSpherical:ProjectionType>{mode}</rdf:SphericalVideo>"
    )
    return box(b"uuid", bytes.fromhex("ffcc8263f8554a938814587a02521fdd") + xml.encode())


def patch_mp4(path, added, where=(b"stsd", b"avc1")):
    """Put boxes at the end of the picture's sample entry, or of its ``trak`` with ``where=()``."""
    data = path.read_bytes()
    skipped = {b"stsd": 8, b"avc1": 78}
    way = (b"moov", b"trak", *((b"mdia", b"minf", b"stbl", *where) if where else ()))
    start, stop, heads = 0, len(data), []
    for kind in way:
        while data[start + 4 : start + 8] != kind:
            start += int.from_bytes(data[start : start + 4])
            assert start < stop, f"no {kind}"
        heads.append(start)
        stop = start + int.from_bytes(data[start : start + 4])
        start += 8 + skipped.get(kind, 0)
    patched = bytearray(data[:stop] + added + data[stop:])
    for head in heads:
        patched[head : head + 4] = (int.from_bytes(data[head : head + 4]) + len(added)).to_bytes(4)
    path.write_bytes(patched)
    return path


def element(name, content):
    """A Matroska element with a length of eight bytes."""
    return name.to_bytes((name.bit_length() + 7) // 8) + (1 << 56 | len(content)).to_bytes(8) + content


def projection_element(kind):
    private = element(0x7672, bytes(12)) if kind == 2 else b""  # FFmpeg wants the layout of a cubemap
    return element(0x7670, element(0x7671, bytes([kind])) + private)


def stereo_element(mode):
    return element(0x53B8, bytes([mode]))


def patch_matroska(path, added):
    """Put elements at the end of the picture's Video element."""
    path.write_bytes(_rebuilt(path.read_bytes(), added))
    return path


def _rebuilt(data, added):
    out, start = b"", 0
    while start < len(data):
        size = 9 - data[start].bit_length()
        name = int.from_bytes(data[start : start + size])
        more = 9 - data[start + size].bit_length()
        length = int.from_bytes(data[start + size : start + size + more]) & ((1 << 7 * more) - 1)
        inner = start + size + more
        content = data[inner : inner + length]
        if name in _MATROSKA_MASTERS:
            out += element(name, _rebuilt(content, added) + (added if name == 0xE0 else b""))
        elif name not in _MATROSKA_LEFT_OUT:
            out += data[start : inner + length]
        start = inner + length
    return out
