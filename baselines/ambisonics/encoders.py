"""What the network makes of sound and pictures before it says anything about the field."""

import torch
from torch import Tensor, nn

from baselines.ambisonics.transform import BINS, HEARD
from baselines.mono2binaural.visual import VisualNet, map_size

STEPS, CELLS = 3, 6  # what the encoder leaves of 127 frames and 1,024 bins
KERNELS = ((7, 16), (3, 7), (3, 5), (3, 5), (3, 5))  # time × frequency
STRIDES = ((4, 8), (2, 4), (2, 2), (1, 1), (1, 1))
_MULTIPLES = (1, 2, 4, 8, 16)  # channels, in units of the first convolution's


class AudioEncoder(nn.Module):
    """Five convolutions over the magnitudes, without padding or norm.

    Args:
        width: channels of the first one, 32 in the paper; the others have 2, 4, 8 and 16 times as many.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.channels = [multiple * width for multiple in _MULTIPLES]
        inputs = [1, *self.channels[:-1]]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, kernel, stride)
            for before, after, kernel, stride in zip(inputs, self.channels, KERNELS, STRIDES, strict=True)
        )

    def forward(self, magnitudes: Tensor) -> list[Tensor]:
        """What each convolution gives.

        Args:
            magnitudes: ``(n, 127, 1024)``.

        Returns:
            Five maps ``(n, channels, time, frequency)``, the last one of 3 × 6.
        """
        maps: list[Tensor] = []
        last = magnitudes[:, None]
        for convolution in self.convolutions:
            last = torch.relu(convolution(last))
            maps.append(last)
        return maps

    @staticmethod
    def sizes() -> list[tuple[int, int]]:
        """Time × frequency of each map."""
        sizes, size = [], (HEARD.stop - HEARD.start, BINS)
        for kernel, stride in zip(KERNELS, STRIDES, strict=True):
            size = ((size[0] - kernel[0]) // stride[0] + 1, (size[1] - kernel[1]) // stride[1] + 1)
            sizes.append(size)
        return sizes


class PictureEncoder(nn.Module):
    """A ResNet-18 and what the bottleneck makes of its map: so many channels a cell, then all cells as one code.

    Args:
        width: channels of the ResNet's first stage, 64 in the paper.
        picture: height and width of the picture.
        cell: channels that each cell is narrowed to, 128 in the paper.
        code: length of the code, 512 in the paper.
    """

    def __init__(self, width: int, picture: tuple[int, int], cell: int, code: int) -> None:
        super().__init__()
        height, columns = map_size(picture)
        self.resnet = VisualNet(width)
        self.cell = nn.Linear(self.resnet.channels, cell)
        self.code = nn.Linear(height * columns * cell, code)

    def forward(self, pictures: Tensor) -> Tensor:
        """Code of pictures.

        Args:
            pictures: ``(n, 3, height, width)``, uint8, RGB.

        Returns:
            ``(n, code)``, not negative.
        """
        shown = (pictures.float() / 255 - 0.5).to(self.code.weight.dtype)
        cells = self.resnet(shown).permute(0, 2, 3, 1)
        return torch.relu(self.code(torch.relu(self.cell(cells)).flatten(start_dim=1)))
