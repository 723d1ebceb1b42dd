"""Where the visual branch is active: its last map averaged over channels.

References:
    Xu et al., Visually Informed Binaural Audio Generation without Binaural Audios (PseudoBinaural), CVPR 2021,
    supplement.
"""

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from baselines.explain.heat import Heat, Shot, cell
from fairplay_bench.errors import MethodError
from fairplay_bench.models.windowed import WindowedBinauralizer
from fairplay_bench.records import Protocol as EvaluationProtocol


@runtime_checkable
class MapsPictures(Protocol):
    """A network with a visual map."""

    device: torch.device

    def visual_map(self, pictures: Tensor) -> Tensor:
        """Last map of its visual branch, ``(n, channels, rows, columns)``, of pictures ``(n, 3, height, width)``."""
        ...


class Activation:
    """Mean of the visual map over its channels, scaled to [0, 1] in each picture.

    Args:
        method: its network has ``visual_map``.
        protocol: not needed; for one signature with the other methods of explanation.
        batch: pictures at once.

    Raises:
        MethodError: if the network shows no visual map.
    """

    def __init__(self, method: WindowedBinauralizer, protocol: EvaluationProtocol, batch: int) -> None:
        del protocol
        network = method.network
        if not isinstance(network, MapsPictures):
            raise MethodError(f"{method.card.name}: its network has no visual_map(pictures), which activation shows.")
        self._network, self._batch = network, batch

    @torch.inference_mode()
    def heats(self, shots: list[Shot]) -> list[Heat]:
        """Heat over each picture; ``peak`` is the largest mean."""
        heats = []
        for start in range(0, len(shots), self._batch):
            some = shots[start : start + self._batch]
            pictures = torch.stack([shot.picture for shot in some]).to(self._network.device)
            means = self._network.visual_map(pictures).float().mean(dim=1).cpu()
            heats += [
                Heat(shot.number, scaled(mean), cell(mean), float(mean.max()))
                for shot, mean in zip(some, means, strict=True)
            ]
        return heats


def scaled(values: Tensor) -> Tensor:
    """Bring values to [0, 1]; all zero where they are all the same."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else torch.zeros_like(values)
