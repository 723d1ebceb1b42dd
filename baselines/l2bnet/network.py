r"""The network that is trained: generation, judged by a frozen localisation network.

Ours, since the paper's supplement gives no loss:

.. math:: w_J\,\mathrm{KL}(\text{seen map} \,\|\, \text{heard map}) + \frac{1}{n}\sum_i w_i\,\|\hat D_i - D_i\|^2

The first term is of segments of which the mono alone is known. Their two ears are generated, brought back to sound,
heard by the frozen network, and its map is compared with where the sources are seen. The second is over pairs of
picture and two ears: rendered scenes and, in the setting ``semi``, a part of the recordings.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from baselines.correspondence.network import Correspondence
from baselines.l2bnet.listening import FULL_WIDTH, Listener, ListenerSize
from baselines.l2bnet.maps import COLUMNS, ROWS, disagreement
from baselines.l2bnet.stereo import StereoNet
from baselines.mono2binaural.audio import masked
from baselines.mono2binaural.fusing import fused_on
from baselines.mono2binaural.network import NetworkSize
from baselines.mono2binaural.visual import VisualNet, normalized_pictures
from fairplay_bench.dsp.stft import NETWORK_BINS, inverse_stft, stft
from fairplay_bench.models.windowed import ears_of_difference
from fairplay_bench.records import Protocol
from fairplay_bench.training.interface import Batch, LossNetwork
from fairplay_bench.training.level import at_level

INVERSE: Literal[512] = 512  # points of the transform that was applied, for the judge to hear


@dataclass(frozen=True, slots=True)
class L2BNetSize(NetworkSize):
    """Widths of the generation network, and its judge; ``visual_channels`` and ``sees`` mean nothing here.

    Attributes:
        listener_width: channels of the judge's first convolution.
        hears: the judge's input.
    """

    listener_width: int = FULL_WIDTH
    hears: str = "ild-itd"

    @property
    def listener(self) -> ListenerSize:
        """Size of the judge."""
        return ListenerSize(self.listener_width, self.hears)


class JudgedNet(LossNetwork):
    """Predicts the spectrogram of the difference of the ears from that of their sum.

    Args:
        size: its widths.
        judge_weight: of the divergence of the maps, in nats.
        teacher: frozen; shows where sources are seen in a batch that does not say it.
    """

    def __init__(self, size: L2BNetSize, judge_weight: float = 0.0, teacher: Correspondence | None = None) -> None:
        super().__init__()
        self.size, self.judge_weight = size, judge_weight
        self.visual = VisualNet(size.visual_width)
        self.audio = StereoNet(size.audio_width, self.visual.channels)
        self.listener = Listener(size.listener)
        self.teacher = teacher
        for frozen in self._frozen():
            frozen.requires_grad_(False)
        self.train()

    def train(self, mode: bool = True) -> "JudgedNet":
        """Train or not; what is frozen keeps its norms as they are."""
        super().train(mode)
        for frozen in self._frozen():
            frozen.eval()
        return self

    def encode(self, pictures: Tensor) -> Tensor:
        """What the audio branch keeps of pictures.

        Args:
            pictures: ``(n, 3, height, width)``, uint8, RGB, of ``size.picture``.

        Returns:
            ``(n, 2, channels, cells)``, a key and a value for each cell of the visual map.
        """
        return self.audio.seen(self.visual_map(pictures))

    def visual_map(self, pictures: Tensor) -> Tensor:
        """Last map of the visual branch, ``(n, channels, rows, columns)``."""
        return self.visual(normalized_pictures(pictures, self.audio.dtype))

    def predict(self, spectrogram: Tensor, seen: Tensor) -> Tensor:
        """Spectrogram of the difference, ``(n, 256, frames)``, from that of the sum, ``(n, 257, frames)``, complex."""
        planes = torch.stack([spectrogram.real, spectrogram.imag], dim=1).to(self.audio.dtype)
        return masked(self.audio(planes, seen), spectrogram)

    def loss(self, batch: Batch, protocol: Protocol) -> Tensor:
        """Loss of a batch.

        Args:
            batch: ``ears``, the mono twice, ``picture`` and, unless there is a teacher, ``wanted``, see
                :func:`baselines.l2bnet.maps.blobs`; where there are pairs, ``paired_ears``, ``paired_picture`` and
                ``paired_weight``.
            protocol: gives the level.

        Returns:
            A scalar.
        """
        mono, pictures = at_level(batch["ears"].float(), protocol), batch["picture"]
        judged, paired = len(mono), "paired_ears" in batch
        ears = torch.cat([mono, at_level(batch["paired_ears"].float(), protocol)]) if paired else mono
        shown = torch.cat([pictures, batch["paired_picture"]]) if paired else pictures
        sums = ears.sum(dim=1)
        rows = self.predict(stft(sums), self.encode(shown))
        loss = rows.real.new_zeros(())
        if self.judge_weight:
            wanted = batch["wanted"] if self.teacher is None else self.teacher.wanted(pictures, mono, (ROWS, COLUMNS))
            loss = loss + self.judge_weight * disagreement(self.heard(sums[:judged], rows[:judged]), wanted)
        if paired:
            target = stft(ears[judged:, 0] - ears[judged:, 1])[:, :NETWORK_BINS]
            error = torch.view_as_real(rows[judged:] - target).square().mean(dim=(1, 2, 3))
            loss = loss + (error * batch["paired_weight"]).mean()
        return loss

    def heard(self, sums: Tensor, rows: Tensor) -> Tensor:
        """The judge's map of generated ears, ``(n, 64, 128)``, logits; it hears the sound, not the spectrogram."""
        return self.listener(ears_of_difference(sums, inverse_stft(rows, sums.shape[-1], INVERSE)))

    def ready(self, device: torch.device, dtype: torch.dtype) -> "InferenceNet":
        """Return a copy made ready to predict, on a device, as float32 or bfloat16."""
        return InferenceNet(self, device, dtype)

    def _frozen(self) -> list[nn.Module]:
        return [self.listener] if self.teacher is None else [self.listener, self.teacher]


class InferenceNet:
    """A trained network made ready to predict: norms folded into convolutions, channels last, one precision.

    Args:
        network: the trained network; it is copied.
        device: where it runs.
        dtype: float32 or bfloat16.
    """

    def __init__(self, network: JudgedNet, device: torch.device, dtype: torch.dtype) -> None:
        self._network = fused_on(network, device, dtype)
        self.device = device
        self.picture_size: tuple[int, int] | None = network.size.picture

    def encode(self, pictures: Tensor) -> Tensor:
        """Keys and values of pictures; see :meth:`JudgedNet.encode`."""
        return self._network.encode(pictures)

    def visual_map(self, pictures: Tensor) -> Tensor:
        """Last map of the visual branch, ``(n, channels, rows, columns)``."""
        return self._network.visual_map(pictures)

    def localised(self, ears: Tensor) -> Tensor:
        """Where ears ``(n, 2, samples)``, at the level of the protocol, are heard: logits ``(n, 64, 128)``."""
        return self._network.listener(ears)

    def ears(self, sums: Tensor, seen: Tensor | None, inverse_n_fft: Literal[510, 512]) -> Tensor:
        """Two ears ``(n, 2, samples)``, left first, of sums ``(n, samples)`` at the level of the protocol."""
        if seen is None:
            raise TypeError("this network looks at pictures")
        rows = self._network.predict(stft(sums), seen)
        return ears_of_difference(sums, inverse_stft(rows, sums.shape[-1], inverse_n_fft))
