"""The whole network: picture and sum of the ears in, difference of the ears out.

References:
    Gao and Grauman, 2.5D Visual Sound, CVPR 2019, section 4, and its released code.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from baselines.mono2binaural import audio, visual
from baselines.mono2binaural.audio import AudioNet, masked
from baselines.mono2binaural.fast_network import FastNetwork
from baselines.mono2binaural.fusing import fused
from baselines.mono2binaural.visual import VisualNet, map_size, normalized_pictures
from fairplay_bench.dsp.stft import NETWORK_BINS, inverse_stft, stft
from fairplay_bench.models.side_by_side import on_one_core
from fairplay_bench.models.windowed import ears_of_difference
from fairplay_bench.records import Protocol
from fairplay_bench.training.interface import Batch, LossNetwork
from fairplay_bench.training.level import at_level


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """What can be smaller than in the paper.

    Attributes:
        audio_width: channels of the first audio convolution.
        visual_width: channels of the first stage of the ResNet.
        visual_channels: channels that the visual map is narrowed to.
        picture: height and width of the picture.
        sees: False for a network without a visual branch.

    Raises:
        ValueError: if a width is no positive whole number.
    """

    audio_width: int = audio.FULL_WIDTH
    visual_width: int = visual.FULL_WIDTH
    visual_channels: int = 8
    picture: tuple[int, int] = (224, 448)
    sees: bool = True

    def __post_init__(self) -> None:
        widths = (self.audio_width, self.visual_width, self.visual_channels)
        if not all(isinstance(width, int) and width > 0 for width in widths):
            raise ValueError(f"widths {widths}: positive whole numbers are needed")


class Mono2BinauralNet(LossNetwork):
    """Predicts the spectrogram of the difference of the ears from that of their sum.

    Args:
        size: its widths; the paper's by default.
    """

    def __init__(self, size: NetworkSize | None = None) -> None:
        super().__init__()
        self.size = size = size or NetworkSize()
        height, width = map_size(size.picture)
        self.visual = VisualNet(size.visual_width) if size.sees else None
        map_channels = self.visual.channels if self.visual else 0
        self.audio = AudioNet(size.audio_width, map_channels, height * width, size.visual_channels)

    def encode(self, pictures: Tensor) -> Tensor:
        """What the U-Net is told of pictures.

        Args:
            pictures: ``(n, 3, height, width)``, uint8, RGB, of ``size.picture``.

        Returns:
            ``(n, seen)``.
        """
        if self.visual is None:
            raise TypeError("this network has no visual branch")
        return self.audio.narrowed(self.visual(normalized_pictures(pictures, self.audio.dtype)))

    def predict(self, spectrogram: Tensor, seen: Tensor | None) -> Tensor:
        """Spectrogram of the difference.

        Args:
            spectrogram: ``(n, 257, frames)``, complex, of the sum.
            seen: from :meth:`encode`; None for a network without a visual branch.

        Returns:
            ``(n, 256, frames)``, complex.
        """
        planes = torch.stack([spectrogram.real, spectrogram.imag], dim=1).to(self.audio.dtype)
        return masked(self.audio(planes, seen), spectrogram)

    def loss(self, batch: Batch, protocol: Protocol) -> Tensor:
        """Loss of a batch of segments."""
        return self.loss_of_ears(at_level(batch["ears"], protocol), batch["picture"])

    def loss_of_ears(self, ears: Tensor, pictures: Tensor) -> Tensor:
        """Mean squared error of the difference spectrogram, real and imaginary part apart.

        Args:
            ears: ``(n, 2, samples)``, left first, at the level of the protocol.
            pictures: as for :meth:`encode`; not looked at by a network without a visual branch.

        Returns:
            A scalar.
        """
        left, right = ears.float().unbind(dim=1)
        total, target = stft(left + right), stft(left - right)[:, :NETWORK_BINS]
        seen = None if self.visual is None else self.encode(pictures)
        error = self.predict(total, seen) - target
        return torch.view_as_real(error).square().mean()

    def ready(self, device: torch.device, dtype: torch.dtype) -> "InferenceNet":
        """Return a copy made ready to predict, on a device, as float32 or bfloat16."""
        return InferenceNet(self, device, dtype)


class InferenceNet:
    """A trained network made ready to predict: norms folded into convolutions, channels last, one precision.

    On a processor it goes by shorter ways; see :mod:`baselines.mono2binaural.fast_network`.

    Args:
        network: the trained network; it is copied.
        device: where it runs.
        dtype: float32 or bfloat16.
        mirrored: whether it is shown mirrored pictures.
    """

    def __init__(
        self, network: Mono2BinauralNet, device: torch.device, dtype: torch.dtype, mirrored: bool = False
    ) -> None:
        ready = fused(network).to(memory_format=torch.channels_last)
        self._network: Mono2BinauralNet | FastNetwork
        if device.type == "cpu":
            with on_one_core():  # weights are laid out for the one that a batch has
                self._network = FastNetwork(ready.visual, ready.audio, dtype)
        else:
            self._network = ready.to(device, dtype)
        self._mirrored = mirrored
        self.device = device
        self.picture_size = network.size.picture if network.size.sees else None
        self._visual: VisualNet | None = ready.visual

    def encode(self, pictures: Tensor) -> Tensor:
        """Encode pictures ``(n, 3, height, width)``, uint8, for :meth:`ears`."""
        return self._network.encode(pictures.flip(-1) if self._mirrored else pictures)

    def visual_map(self, pictures: Tensor) -> Tensor:
        """Last map of the visual branch, ``(n, channels, rows, columns)``, with left and right as in the pictures."""
        if self._visual is None:
            raise TypeError("this network has no visual branch")
        shown = normalized_pictures(pictures, next(self._visual.parameters()).dtype)
        return self._visual(shown.flip(-1)).flip(-1) if self._mirrored else self._visual(shown)

    def ears(self, sums: Tensor, seen: Tensor | None, inverse_n_fft: Literal[510, 512]) -> Tensor:
        """Two ears of windows.

        Args:
            sums: ``(n, samples)``, the sum of the ears at the level of the protocol.
            seen: from :meth:`encode`, of each window's picture.
            inverse_n_fft: points of the inverse transform.

        Returns:
            ``(n, 2, samples)``, left first; their sum is what was given.
        """
        rows = self._network.predict(stft(sums), seen)
        return ears_of_difference(sums, inverse_stft(rows, sums.shape[-1], inverse_n_fft))
