"""The whole network: picture and sum of the ears in; difference of the ears and, fused with the picture, each ear out.

References:
    Zhou et al., Sep-Stereo, ECCV 2020; Xu et al., Visually Informed Binaural Audio Generation without Binaural Audios
    (PseudoBinaural), CVPR 2021; and their released code.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from baselines.mono2binaural.audio import NORMS, AudioNet, masked
from baselines.mono2binaural.fusing import fused_on
from baselines.mono2binaural.network import NetworkSize
from baselines.mono2binaural.visual import map_size, normalized_pictures
from baselines.sep_stereo.fusion import FUSIONS
from baselines.sep_stereo.visual import VISUALS, visual_net
from fairplay_bench.dsp.stft import NETWORK_BINS, inverse_stft, stft
from fairplay_bench.errors import UnknownNameError
from fairplay_bench.models.windowed import ears_of_difference
from fairplay_bench.records import Protocol
from fairplay_bench.training.interface import Batch, LossNetwork
from fairplay_bench.training.level import at_level

EARS_LOSSES = ("l1", "l2")
SEPARATION_WEIGHT = 0.4
SOLOS = 2  # of a pair


@dataclass(frozen=True, slots=True)
class SepStereoSize(NetworkSize):
    """Widths and parts of the network.

    Attributes:
        fusion: ``"apnet"``, ``"assoconv"``, or ``"none"``: the difference of the U-Net alone.
        norm: of the U-Net and the fusion, ``"batch"`` or ``"instance"``.
        visual: ``"resnet18"``, ``"dilated"``, or ``"dilated-released"``, which has no use for its last convolution.
    """

    fusion: str = "apnet"
    norm: str = "batch"
    visual: str = "resnet18"

    def __post_init__(self) -> None:
        """Refuse names that are not known.

        Raises:
            UnknownNameError: naming the known ones.
        """
        known: dict[str, Collection[str]] = {"fusion": FUSIONS, "norm": NORMS, "visual": VISUALS}
        for kind, names in known.items():
            if getattr(self, kind) not in names:
                raise UnknownNameError(kind, getattr(self, kind), names)


class Predicted(NamedTuple):
    """Spectrograms ``(n, 256, frames)``, complex, at the level of the sum.

    ``difference`` is the U-Net's; ``left`` and ``right`` are the fusion's, None without one.
    """

    difference: Tensor
    left: Tensor | None
    right: Tensor | None


class SepStereoNet(LossNetwork):
    """Predicts the spectrograms of the difference of the ears and of each ear from that of their sum.

    Args:
        size: its widths and parts; APNet at the paper's widths by default.
        ears_loss: ``"l1"``, the mean absolute value, or ``"l2"``, the mean square.
        separation_weight: of the loss of pairs of solos beside that of recordings; 0.4 in Sep-Stereo.

    Raises:
        UnknownNameError: if there is no such loss.
    """

    def __init__(
        self, size: SepStereoSize | None = None, ears_loss: str = "l1", separation_weight: float = SEPARATION_WEIGHT
    ) -> None:
        super().__init__()
        if ears_loss not in EARS_LOSSES:
            raise UnknownNameError("loss of the ears", ears_loss, EARS_LOSSES)
        self.size = size = size or SepStereoSize()
        self.ears_loss, self.separation_weight = ears_loss, separation_weight
        height, width = map_size(size.picture)
        self.visual = visual_net(size.visual, size.visual_width)
        self.audio = AudioNet(
            size.audio_width, self.visual.channels, height * width, size.visual_channels, norm=size.norm
        )
        kind = FUSIONS[size.fusion]
        self.fusion = kind(size.audio_width, self.visual.channels, height * width, size.norm) if kind else None

    def encode(self, pictures: Tensor) -> Tensor:
        """Map of pictures.

        Args:
            pictures: ``(n, 3, height, width)``, uint8, RGB, of ``size.picture``.

        Returns:
            ``(n, channels, rows, columns)``: 512 x 7 x 14 at the paper's size.
        """
        return self.visual(normalized_pictures(pictures, self.audio.dtype))

    def predict(self, spectrogram: Tensor, seen: Tensor) -> Predicted:
        """Spectrograms of the difference and of each ear.

        Args:
            spectrogram: ``(n, 257, frames)``, complex, of the sum.
            seen: from :meth:`encode`.
        """
        planes = torch.stack([spectrogram.real, spectrogram.imag], dim=1).to(self.audio.dtype)
        mask, levels = self.audio.heard(planes, self.audio.narrowed(seen))
        difference = masked(mask, spectrogram)
        if self.fusion is None:
            return Predicted(difference, None, None)
        left, right = self.fusion(levels, seen)
        return Predicted(difference, masked(left, spectrogram), masked(right, spectrogram))

    def loss(self, batch: Batch, protocol: Protocol) -> Tensor:
        """Loss of a batch of segments and, where it has them, of pairs of solos to be parted.

        Args:
            batch: ``ears`` and ``picture`` of segments; with pairs ``solos``, ``(n, 2 solos, samples)``, mono sounds
                as recorded, and ``solo_pictures``, ``(n, 2 solos, 3, height, width)``.
            protocol: gives the level of a segment, and of each solo by itself.

        Returns:
            ``L_stereo + separation_weight · L_separation``, a scalar.
        """
        stereo = self.loss_of_ears(at_level(batch["ears"], protocol), batch["picture"])
        if "solos" not in batch:
            return stereo
        solos, pictures = batch["solos"], batch["solo_pictures"]
        pairs = at_level(solos.reshape(-1, 1, solos.shape[-1]), protocol).reshape(solos.shape)
        maps = self.encode(pictures.flatten(0, 1))  # first and second in turn
        return stereo + self.separation_weight * self.loss_of_seen(pairs, parted_map(maps[::SOLOS], maps[1::SOLOS]))

    def loss_of_ears(self, ears: Tensor, pictures: Tensor) -> Tensor:
        """Loss of the ears that belong to pictures; see :meth:`loss_of_seen`.

        Args:
            ears: ``(n, 2, samples)``, left first, at the level of the protocol.
            pictures: as for :meth:`encode`.

        Returns:
            A scalar.
        """
        return self.loss_of_seen(ears, self.encode(pictures))

    def loss_of_seen(self, ears: Tensor, seen: Tensor) -> Tensor:
        r"""Loss of the difference and, with a fusion, of the two ears.

        .. math:: \|\hat D - D\| + ½(\|2 \hat L - M - D\| + \|M - 2 \hat R - D\|)

        with the spectrograms of the sum M and the difference D, real and imaginary part apart; all three terms use
        the same norm, as the released code does.

        Args:
            ears: ``(n, 2, samples)``, left first, at the level of the protocol.
            seen: from :meth:`encode`.

        Returns:
            A scalar.
        """
        left, right = ears.float().unbind(dim=1)
        total, target = stft(left + right), stft(left - right)[:, :NETWORK_BINS]
        predicted = self.predict(total, seen)
        loss = self._size_of(predicted.difference - target)
        if predicted.left is not None and predicted.right is not None:
            heard = total[:, :NETWORK_BINS]
            of_left = self._size_of(2 * predicted.left - heard - target)
            of_right = self._size_of(heard - 2 * predicted.right - target)
            loss = loss + (of_left + of_right) / 2
        return loss

    def ready(self, device: torch.device, dtype: torch.dtype) -> "InferenceNet":
        """Return a copy made ready to predict, on a device, as float32 or bfloat16."""
        return InferenceNet(self, device, dtype)

    def _size_of(self, error: Tensor) -> Tensor:
        parts = torch.view_as_real(error)
        return parts.abs().mean() if self.ears_loss == "l1" else parts.square().mean()


def parted_map(first: Tensor, second: Tensor) -> Tensor:
    """Map on which one picture is seen at the far left, the other at the far right, and nothing between.

    Args:
        first: map of one picture, ``(n, channels, rows, columns)``.
        second: map of the other.

    Returns:
        Same shape: the largest value of each row of ``first`` in the first column, of ``second`` in the last.
    """
    parted = torch.zeros_like(first)
    parted[..., 0], parted[..., -1] = first.amax(dim=-1), second.amax(dim=-1)
    return parted


class InferenceNet:
    """A trained network made ready to predict: norms folded into convolutions, channels last, one precision.

    Args:
        network: the trained network; it is copied.
        device: where it runs.
        dtype: float32 or bfloat16.
    """

    def __init__(self, network: SepStereoNet, device: torch.device, dtype: torch.dtype) -> None:
        self._network = fused_on(network, device, dtype)
        self.device = device
        self.picture_size: tuple[int, int] | None = network.size.picture

    def encode(self, pictures: Tensor) -> Tensor:
        """Map of pictures ``(n, 3, height, width)``, uint8; see :meth:`SepStereoNet.encode`."""
        return self._network.encode(pictures)

    visual_map = encode

    def ears(self, sums: Tensor, seen: Tensor | None, inverse_n_fft: Literal[510, 512]) -> Tensor:
        """Two ears of windows.

        Each ear's spectrogram is inverted by itself, so their sum need not be what was given. Without a fusion the
        ears are ``(sum ± difference) / 2``.

        Args:
            sums: ``(n, samples)``, the sum of the ears at the level of the protocol.
            seen: from :meth:`encode`, one for each window.
            inverse_n_fft: points of the inverse transform.

        Returns:
            ``(n, 2, samples)``, left first.
        """
        if seen is None:
            raise TypeError("this network looks at pictures")
        predicted = self._network.predict(stft(sums), seen)
        if predicted.left is None or predicted.right is None:
            return ears_of_difference(sums, inverse_stft(predicted.difference, sums.shape[-1], inverse_n_fft))
        rows = torch.stack([predicted.left, predicted.right], dim=1)
        return inverse_stft(rows, sums.shape[-1], inverse_n_fft)
