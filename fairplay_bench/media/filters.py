"""A chain of FFmpeg's own filters for decoded pictures."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from fairplay_bench.errors import OptionError


class FilterChain:
    """Filters that each picture passes, set up with the first one.

    Args:
        steps: each as FFmpeg writes it, ``name`` or ``name=arguments``.

    Raises:
        OptionError: when the first picture comes, if this FFmpeg lacks one of them.
    """

    def __init__(self, steps: Iterable[str]) -> None:
        self._steps = tuple(steps)
        self._graph: Any = None

    def __call__(self, picture: Any) -> Any:
        """Pass a picture (``av.VideoFrame``)."""
        if self._graph is None:
            self._graph = self._set_up(picture)
        self._graph.push(picture)
        return self._graph.pull()

    def _set_up(self, picture: Any) -> Any:
        import av.filter

        graph = av.filter.Graph()
        source = graph.add_buffer(
            width=picture.width, height=picture.height, format=picture.format, time_base=picture.time_base
        )
        nodes = [source]
        for step in self._steps:
            name, _, arguments = step.partition("=")
            try:
                nodes.append(graph.add(name, arguments))
            except ValueError as error:
                raise OptionError(
                    f"this FFmpeg lacks the filter {name}: {error}; install another build of av."
                ) from error
        nodes.append(graph.add("buffersink"))
        for before, after in pairwise(nodes):
            before.link_to(after)
        graph.configure()
        return graph
