"""Where the localisation network hears the sound come from, as heat over the picture.

A recording of two channels is heard as it is; of one channel, what the method makes of it is heard.
"""

from typing import Literal, Protocol, runtime_checkable

import torch
from torch import Tensor

from baselines.explain.heat import Heat, Shot, cell
from fairplay_bench.errors import MethodError
from fairplay_bench.models.windowed import WindowedBinauralizer, WindowNetwork
from fairplay_bench.records import Protocol as EvaluationProtocol
from fairplay_bench.training.level import at_level

INVERSE: Literal[512] = 512  # points of the transform that was applied
EARS = 2


@runtime_checkable
class Localises(Protocol):
    """A network that knows where two ears hear a sound come from."""

    def localised(self, ears: Tensor) -> Tensor:
        """Logits ``(n, rows, columns)`` over the picture, of ears ``(n, 2, samples)`` at the level of the protocol."""
        ...


class AudioLocalisation:
    """The map of the localisation network, in each picture a part of its largest cell.

    Args:
        method: its network has ``localised``.
        protocol: gives the level that is heard.
        batch: windows at once.

    Raises:
        MethodError: if the network localises nothing.
    """

    def __init__(self, method: WindowedBinauralizer, protocol: EvaluationProtocol, batch: int) -> None:
        network = method.network
        if not isinstance(network, Localises):
            raise MethodError(
                f"{method.card.name}: its network has no localised(ears), which audio-localisation shows; l2bnet has."
            )
        self._network: WindowNetwork = network
        self._localises: Localises = network
        self._protocol, self._batch = protocol, batch

    @torch.inference_mode()
    def heats(self, shots: list[Shot]) -> list[Heat]:
        """Heat over each picture; ``peak`` is the probability of the strongest cell."""
        heats = []
        for start in range(0, len(shots), self._batch):
            some = shots[start : start + self._batch]
            logits = self._localises.localised(self._ears(some).to(self._network.device)).float().cpu()
            for shot, of in zip(some, logits, strict=True):
                chance = of.flatten().softmax(dim=0).reshape(of.shape)
                heats.append(Heat(shot.number, chance / chance.max(), cell(chance), float(chance.max())))
        return heats

    def _ears(self, shots: list[Shot]) -> Tensor:
        """Ears of some shots, ``(n, 2, samples)``, at the level of the protocol."""
        sounds = [shot.sound for shot in shots if shot.sound is not None]
        if len(sounds) != len(shots):
            raise MethodError("audio-localisation listens: sound is needed.")
        heard = torch.stack(sounds)
        if heard.shape[1] == EARS:
            return at_level(heard, self._protocol)
        sums = at_level(heard.expand(-1, EARS, -1), self._protocol).sum(dim=1).to(self._network.device)
        pictures = torch.stack([shot.picture for shot in shots]).to(self._network.device)
        return self._network.ears(sums, self._network.encode(pictures), INVERSE).float()
