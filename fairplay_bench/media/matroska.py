"""Whether an MKV or WebM file is all there, judged by the length of its segment (RFC 8794; RFC 9559, section 5.1).

A file cut short still opens, and FFmpeg reads what is left of it without a word.
"""

from pathlib import Path

from fairplay_bench.errors import MediaError

EBML = bytes.fromhex("1a45dfa3")
SEGMENT = 0x18538067
_HEAD = 16  # bytes, of the longest name and length


def check_complete(path: Path) -> None:
    """Refuse an MKV or WebM file that ends before its segment does; other formats and live streams pass.

    Raises:
        MediaError: if the file is truncated.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = 0
        while start < size:
            file.seek(start)
            head = file.read(_HEAD)
            if start == 0 and not head.startswith(EBML):
                return  # another format
            name, length, used = element_head(head)
            if not used or length is None:
                return  # trailing bytes that are no element, or a segment whose end was not known
            start += used + length
            if start > size:
                raise MediaError(f"{path}: truncated: {size} bytes of at least {start}; copy or download it again.")
            if name == SEGMENT:
                return


def element_head(data: bytes) -> tuple[int, int | None, int]:
    """Read how an element begins.

    Args:
        data: its first bytes, sixteen or as many as there are.

    Returns:
        Its name; the length of its content in bytes, None where that is unknown; and how many bytes both take, 0 where
        no element begins.
    """
    name, used = _number(data, keep_marker=True)
    length, more = _number(data[used:], keep_marker=False)
    if not used or not more:
        return 0, None, 0
    unknown = length == (1 << 7 * more) - 1
    return name, None if unknown else length, used + more


def _number(data: bytes, keep_marker: bool) -> tuple[int, int]:
    """Read a variable-length number; its value and how many bytes it takes (0 where there is none)."""
    if not data or not data[0]:
        return 0, 0
    length = 9 - data[0].bit_length()
    if len(data) < length:
        return 0, 0
    value = int.from_bytes(data[:length])
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), length
