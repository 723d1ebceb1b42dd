"""Whether an MP4 or MOV file is all there, judged by its outermost boxes (ISO/IEC 14496-12, section 4.2).

A file cut short may still open and decode for a while: its last box, usually the media data, then ends beyond the
end of the file.
"""

from pathlib import Path

from fairplay_bench.errors import MediaError

_HEADER = 8


def check_complete(path: Path) -> None:
    """Refuse an MP4 file that ends before its last box does; other formats pass.

    Raises:
        MediaError: if the file is truncated.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = 0
        while start + _HEADER <= size:
            file.seek(start)
            header = file.read(_HEADER + 8)
            length, kind = int.from_bytes(header[:4]), header[4:8]
            if start == 0 and kind not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
                return  # another format
            if length == 1:  # a 64-bit length follows
                length = int.from_bytes(header[8:16])
            if length == 0:  # to the end of the file
                return
            if start + length > size:
                raise MediaError(
                    f"{path}: truncated: {size} bytes of at least {start + length}; copy or download it again."
                )
            if length < _HEADER:
                return  # trailing bytes that are no box
            start += length
