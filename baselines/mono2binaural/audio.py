"""The audio branch: a U-Net from the spectrogram of the sum of the ears to a complex mask for their difference.

The names of the tensors are those of the published ``audio.pth``. It also holds the 1 x 1 convolution that narrows the
visual map, because the authors trained it at the audio branch's rate.
"""

import torch
from torch import Tensor, nn

from fairplay_bench.dsp.stft import NETWORK_BINS

FULL_WIDTH = 64
_MULTIPLES = (1, 2, 4, 8, 8)  # channels of the encoder, in units of the width
SLOPE = 0.2


class AudioNet(nn.Module):
    """U-Net over 257 x 64 spectrograms, told what is seen at its narrowest place.

    Args:
        width: channels of the first convolution, 64 in the paper.
        map_channels: channels of the visual map; 0 for a network that sees nothing.
        map_places: places of the visual map, 98 in the paper.
        visual_channels: channels the map is narrowed to, 8 in the paper.
    """

    def __init__(
        self, width: int = FULL_WIDTH, map_channels: int = 512, map_places: int = 98, visual_channels: int = 8
    ) -> None:
        super().__init__()
        one, two, three, four, five = (multiple * width for multiple in _MULTIPLES)
        self.audionet_convlayer1 = _down(2, one)
        self.audionet_convlayer2 = _down(one, two)
        self.audionet_convlayer3 = _down(two, three)
        self.audionet_convlayer4 = _down(three, four)
        self.audionet_convlayer5 = _down(four, five)
        seen = visual_channels * map_places if map_channels else 0
        self.audionet_upconvlayer1 = _up(seen + five, four)
        self.audionet_upconvlayer2 = _up(2 * four, three)
        self.audionet_upconvlayer3 = _up(2 * three, two)
        self.audionet_upconvlayer4 = _up(2 * two, one)
        self.audionet_upconvlayer5 = nn.Sequential(_up_convolution(2 * one, 2), nn.Sigmoid())
        if map_channels:
            self.conv1x1 = nn.Sequential(
                nn.Conv2d(map_channels, visual_channels, kernel_size=1),
                nn.BatchNorm2d(visual_channels),
                nn.ReLU(inplace=True),
            )
        self.sees = bool(map_channels)
        self.apply(_initialize)

    @property
    def dtype(self) -> torch.dtype:
        """Type of its weights."""
        return next(self.parameters()).dtype

    def downs(self) -> list[nn.Sequential]:
        """The convolutions that halve, first to last."""
        return [getattr(self, f"audionet_convlayer{number}") for number in range(1, 6)]

    def ups(self) -> list[nn.Sequential]:
        """The up-convolutions, first to last."""
        return [getattr(self, f"audionet_upconvlayer{number}") for number in range(1, 6)]

    def narrowed(self, visual_map: Tensor) -> Tensor:
        """Narrow a map ``(n, channels, height, width)`` to a code ``(n, seen)``, flattened channel by channel."""
        code: Tensor = self.conv1x1(visual_map)
        return code.flatten(start_dim=1)

    def forward(self, spectrogram: Tensor, seen: Tensor | None) -> Tensor:
        """Mask for the spectrogram of the difference.

        Args:
            spectrogram: ``(n, 2, 257, 64)``, real and imaginary part of the sum's spectrogram.
            seen: ``(n, seen)``, from :meth:`narrowed`; None for a network that sees nothing.

        Returns:
            ``(n, 2, 256, 64)``, real and imaginary part, in [-1, 1].
        """
        one = self.audionet_convlayer1(spectrogram)
        two = self.audionet_convlayer2(one)
        three = self.audionet_convlayer3(two)
        four = self.audionet_convlayer4(three)
        code = self.audionet_convlayer5(four)
        if seen is not None:
            code = torch.cat([seen[:, :, None, None].expand(-1, -1, *code.shape[-2:]), code], dim=1)
        up = self.audionet_upconvlayer1(code)
        up = self.audionet_upconvlayer2(torch.cat([up, four], dim=1))
        up = self.audionet_upconvlayer3(torch.cat([up, three], dim=1))
        up = self.audionet_upconvlayer4(torch.cat([up, two], dim=1))
        mask: Tensor = self.audionet_upconvlayer5(torch.cat([up, one], dim=1))
        return 2 * mask - 1


def masked(mask: Tensor, spectrogram: Tensor) -> Tensor:
    """Complex product of a mask and the rows of the spectrogram that it covers.

    Args:
        mask: ``(n, 2, 256, frames)``, real and imaginary part.
        spectrogram: ``(n, 257, frames)``, complex.

    Returns:
        ``(n, 256, frames)``, complex.
    """
    return torch.complex(mask[:, 0].float(), mask[:, 1].float()) * spectrogram[:, :NETWORK_BINS]


def _down(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=4, stride=2, padding=1),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(SLOPE, inplace=True),
    )


def _up_convolution(inputs: int, outputs: int) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(inputs, outputs, kernel_size=4, stride=2, padding=1)


def _up(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(_up_convolution(inputs, outputs), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


def _initialize(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
