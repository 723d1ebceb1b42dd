"""The coded pictures of a video as another file takes them: none left out, every one with a time to decode it.

MKV stores only when a picture is shown. Where pictures are not shown in the order in which they are decoded, FFmpeg
does not know the decoding times of the first ones, the key frame among them; they are counted back here from the
first time that is known. FLV says no durations, and a last picture of none is never shown.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any


class CopiedPictures:
    """Packets of a picture track, drawn in step with the sound so that the muxer need not keep either back.

    Args:
        original: the container they come from.
        track: its picture track.
        copied: the track of another container that takes them.
    """

    def __init__(self, original: Any, track: Any, copied: Any) -> None:
        self._copied = copied
        self._origin = round((original.start_time or 0) / 1_000_000 / track.time_base)
        self._step = max(1, round(1 / (track.average_rate * track.time_base))) if track.average_rate else 1
        self._last: int | None = None
        self._source = self._timed(packet for packet in original.demux(track) if packet.size)
        self._next = next(self._source, None)

    def until(self, time_s: float) -> list[Any]:
        """Packets, not given before, to be decoded up to a moment of the file; its start is 0."""
        packets = []
        while self._next is not None and self._next.dts * self._next.time_base <= time_s:
            packet, self._next = self._next, next(self._source, None)
            packet.stream = self._copied
            packets.append(packet)
        return packets

    def _timed(self, source: Iterator[Any]) -> Iterator[Any]:
        waiting: list[Any] = []  # without a time, until one that has it
        for packet in source:
            waiting.append(packet)
            if packet.dts is not None:
                yield from self._placed(waiting)
                waiting = []
        if waiting:  # a few pictures, and then the end
            waiting[-1].dts = waiting[-1].pts or 0
            yield from self._placed(waiting)

    def _placed(self, packets: list[Any]) -> Iterator[Any]:
        """Count back from the last packet; then times from the start of the file, ascending, none shown too early."""
        for after, packet in pairwise(reversed(packets)):
            packet.dts = after.dts - self._step if packet.pts is None else min(after.dts - self._step, packet.pts)
        for packet in packets:
            dts = packet.dts - self._origin
            packet.dts = dts if self._last is None else max(dts, self._last + 1)
            packet.pts = packet.dts if packet.pts is None else max(packet.pts - self._origin, packet.dts)
            packet.duration = packet.duration or self._step
            self._last = packet.dts
            yield packet
