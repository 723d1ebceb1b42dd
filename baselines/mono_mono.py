"""Mono-Mono: both ears hear the mono sound; what every method has to beat."""

from torch import Tensor

from fairplay_bench.models.interface import MonoClip
from fairplay_bench.records import ModelCard


class MonoMono:
    """Copies the mono sound to both ears."""

    card = ModelCard(
        name="Mono-Mono",
        paper="Gao and Grauman, 2.5D Visual Sound, CVPR 2019",
        url="https://arxiv.org/abs/1812.04204",
    )

    def binauralize(self, clip: MonoClip) -> Tensor:
        """Return the mono twice, ``(2, samples)``."""
        return clip.mono.expand(2, -1)
