"""The network: a sound and each cell of a picture become vectors of the same length.

A sound and a picture belong together as much as the cosine of the best cell says, and each sound of a batch has to find
its own picture among the others' and each picture its sound. Its map is the cosine in each cell.

References:
    Arandjelović and Zisserman, Objects that Sound, ECCV 2018, for the map; van den Oord et al., Representation Learning
    with Contrastive Predictive Coding, 2018, for the loss.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, interpolate, normalize

from baselines.mono2binaural.audio import down_layer
from baselines.mono2binaural.network import NetworkSize
from baselines.mono2binaural.visual import VisualNet, normalized_pictures
from fairplay_bench.dsp.stft import stft
from fairplay_bench.records import Protocol
from fairplay_bench.training.interface import Batch, LossNetwork
from fairplay_bench.training.level import at_level

EMBEDDED = 128  # length of the vectors
TEMPERATURE = 0.1  # of the choice among a batch's pictures
MAP_TEMPERATURE = 0.05  # of the choice among the cells
_MULTIPLES = (1, 2, 4, 8, 8)  # channels, in units of the width
_FLOOR = 1e-6  # of the power of a bin, beside which it is silent


class Correspondence(LossNetwork):
    """Says how well each cell of a picture goes with a sound.

    Args:
        size: widths of its two branches, and size of the picture.
    """

    def __init__(self, size: NetworkSize) -> None:
        super().__init__()
        self.size = size
        self.visual = VisualNet(size.visual_width)
        self.cells = nn.Conv2d(self.visual.channels, EMBEDDED, kernel_size=1)
        widths = [1, *(multiple * size.audio_width for multiple in _MULTIPLES)]
        self.audio = nn.Sequential(*(down_layer(*pair, "batch") for pair in pairwise(widths)))
        self.sound = nn.Linear(widths[-1], EMBEDDED)

    def loss(self, batch: Batch, protocol: Protocol) -> Tensor:
        """How badly sounds and pictures of a batch find each other, in nats.

        Args:
            batch: ``ears``, of which the mean alone is heard, ``picture`` and ``clip``; another segment of the same
                clip is no wrong answer.
            protocol: gives the level.
        """
        mono = batch["ears"].float().mean(dim=1, keepdim=True).expand_as(batch["ears"])
        sounds = self.sounds(at_level(mono, protocol))
        nearness = torch.einsum("ic,jcrk->ijrk", sounds, self.seen(batch["picture"])).amax(dim=(2, 3)) / TEMPERATURE
        clips = batch["clip"]
        own = torch.eye(len(clips), dtype=torch.bool, device=clips.device)
        nearness = nearness.masked_fill((clips[:, None] == clips) & ~own, -torch.inf)
        right = torch.arange(len(clips), device=clips.device)
        return (cross_entropy(nearness, right) + cross_entropy(nearness.T, right)) / 2

    def sounds(self, ears: Tensor) -> Tensor:
        """Vectors ``(n, 128)``, of length 1, of sounds ``(n, 2, samples)``; their mean is heard."""
        spectrogram = stft(ears.mean(dim=1)).abs().square()
        heard: Tensor = self.audio((spectrogram + _FLOOR).log()[:, None].to(self.sound.weight.dtype))
        return normalize(self.sound(heard.mean(dim=(2, 3))), dim=1)

    def seen(self, pictures: Tensor) -> Tensor:
        """Vectors of the cells, ``(n, 128, rows, columns)``, of length 1, of pictures ``(n, 3, height, width)``."""
        shown = normalized_pictures(pictures, self.sound.weight.dtype)
        return normalize(self.cells(self.visual(shown)), dim=1)

    @torch.no_grad()
    def wanted(self, pictures: Tensor, ears: Tensor, size: tuple[int, int]) -> Tensor:
        """Map of where the sounds are seen, ``(n, *size)``, each of sum 1.

        Args:
            pictures: ``(n, 3, height, width)``, uint8.
            ears: ``(n, 2, samples)``, at the level of the protocol.
            size: rows and columns of the map.
        """
        nearness = torch.einsum("ic,icrk->irk", self.sounds(ears), self.seen(pictures)).float()
        finer = interpolate(nearness[:, None], size, mode="bilinear", align_corners=False)
        return (finer / MAP_TEMPERATURE).flatten(start_dim=1).softmax(dim=1).reshape(-1, *size)
