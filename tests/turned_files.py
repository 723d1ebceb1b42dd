"""Videos that say how players are to turn them."""

import struct

ONE = 1 << 16  # in fixed point
MATRICES = {
    "as stored": (ONE, 0, 0, ONE),
    "clockwise": (0, ONE, -ONE, 0),
    "upside down": (-ONE, 0, 0, -ONE),
    "counter-clockwise": (0, -ONE, ONE, 0),
    "mirrored": (-ONE, 0, 0, ONE),
}


def turn(path, how):
    """Write a display matrix into the only picture track of an MP4, the first track."""
    content = bytearray(path.read_bytes())
    start = content.index(b"tkhd") + 44  # version 0
    a, b, c, d = MATRICES[how]
    content[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    return path
