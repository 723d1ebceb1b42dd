"""The audio branch: a U-Net from the spectrogram of the sum of the ears to a complex mask for their difference.

The names of the tensors are those of the published ``audio.pth``. It also holds the 1 x 1 convolution that narrows the
visual map, because the authors trained it at the audio branch's rate.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from fairplay_bench.dsp.stft import NETWORK_BINS

FULL_WIDTH = 64
NORMS: dict[str, Callable[[int], nn.Module]] = {"batch": nn.BatchNorm2d, "instance": nn.InstanceNorm2d}
_MULTIPLES = (1, 2, 4, 8, 8)  # channels of the encoder, in units of the width
SLOPE = 0.2
_WAYS = ("narrowed", "heard", "encoded", "decoded")  # beside forward


class AudioNet(nn.Module):
    """U-Net over spectrograms of 257 rows, told what is seen at its narrowest place.

    Args:
        width: channels of the first convolution, 64 in the paper.
        map_channels: channels of the visual map; 0 for a network that sees nothing.
        map_places: places of the visual map, 98 in the paper.
        visual_channels: channels the map is narrowed to, 8 in the paper.
        planes: channels of the spectrogram and of the mask; 2, real and imaginary part, in the paper.
        norm: ``"batch"``, or ``"instance"``, which has no parameters; the 1 x 1 convolution keeps its batch norm.
    """

    def __init__(
        self,
        width: int = FULL_WIDTH,
        map_channels: int = 512,
        map_places: int = 98,
        visual_channels: int = 8,
        planes: int = 2,
        norm: str = "batch",
    ) -> None:
        super().__init__()
        one, two, three, four, five = (multiple * width for multiple in _MULTIPLES)
        self.audionet_convlayer1 = down_layer(planes, one, norm)
        self.audionet_convlayer2 = down_layer(one, two, norm)
        self.audionet_convlayer3 = down_layer(two, three, norm)
        self.audionet_convlayer4 = down_layer(three, four, norm)
        self.audionet_convlayer5 = down_layer(four, five, norm)
        seen = visual_channels * map_places if map_channels else 0
        self.audionet_upconvlayer1 = up_layer(seen + five, four, norm)
        self.audionet_upconvlayer2 = up_layer(2 * four, three, norm)
        self.audionet_upconvlayer3 = up_layer(2 * three, two, norm)
        self.audionet_upconvlayer4 = up_layer(2 * two, one, norm)
        self.audionet_upconvlayer5 = mask_layer(2 * one, planes)
        if map_channels:
            self.conv1x1 = nn.Sequential(
                nn.Conv2d(map_channels, visual_channels, kernel_size=1),
                nn.BatchNorm2d(visual_channels),
                nn.ReLU(inplace=True),
            )
        self.sees = bool(map_channels)
        self.apply(start_weights)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Compile every way in which networks call it; arguments as of ``torch.compile``."""
        super().compile(*args, **kwargs)
        for name in _WAYS:
            setattr(self, name, torch.compile(getattr(self, name), *args, **kwargs))

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
        return 2 * self.decoded(self.encoded(spectrogram), seen) - 1

    def heard(self, spectrogram: Tensor, seen: Tensor | None) -> tuple[Tensor, list[Tensor]]:
        """Mask for the spectrogram of the difference, and the levels that a fusion listens to.

        Args:
            spectrogram: as for :meth:`forward`.
            seen: as for :meth:`forward`.

        Returns:
            The mask, as from :meth:`forward`, and the levels, as from :meth:`levels`.
        """
        maps = self.encoded(spectrogram)
        levels = self.levels(maps, seen)
        return 2 * self._sigmoids(levels, maps) - 1, levels

    def encoded(self, spectrogram: Tensor) -> list[Tensor]:
        """What the encoder hears of ``(n, planes, 257, frames)``: its five maps, the narrowest last."""
        first, *others = self.downs()
        maps = [first(spectrogram)]
        for layer in others:
            maps.append(layer(maps[-1]))
        return maps

    def decoded(self, maps: list[Tensor], seen: Tensor | None) -> Tensor:
        """The sigmoids that a mask is made of.

        Args:
            maps: from :meth:`encoded`.
            seen: as for :meth:`forward`.

        Returns:
            ``(n, planes, 256, frames)``, in [0, 1].
        """
        return self._sigmoids(self.levels(maps, seen), maps)

    def levels(self, maps: list[Tensor], seen: Tensor | None) -> list[Tensor]:
        """Outputs of the four inner up-convolutions, coarse to fine.

        Args:
            maps: from :meth:`encoded`.
            seen: as for :meth:`forward`.

        Returns:
            ``(n, channels, height, width)`` each, of 8, 4, 2 and 1 times the width and, for 64 frames, of 16 x 4,
            32 x 8, 64 x 16 and 128 x 32 places.
        """
        _, two, three, four, code = maps
        if seen is not None:
            code = torch.cat([seen[:, :, None, None].expand(-1, -1, *code.shape[-2:]), code], dim=1)
        levels = [self.audionet_upconvlayer1(code)]
        levels.append(self.audionet_upconvlayer2(torch.cat([levels[-1], four], dim=1)))
        levels.append(self.audionet_upconvlayer3(torch.cat([levels[-1], three], dim=1)))
        levels.append(self.audionet_upconvlayer4(torch.cat([levels[-1], two], dim=1)))
        return levels

    def _sigmoids(self, levels: list[Tensor], maps: list[Tensor]) -> Tensor:
        sigmoids: Tensor = self.audionet_upconvlayer5(torch.cat([levels[-1], maps[0]], dim=1))
        return sigmoids


def masked(mask: Tensor, spectrogram: Tensor) -> Tensor:
    """Complex product of a mask and the rows of the spectrogram that it covers.

    Args:
        mask: ``(n, 2, 256, frames)``, real and imaginary part.
        spectrogram: ``(n, 257, frames)``, complex.

    Returns:
        ``(n, 256, frames)``, complex.
    """
    return torch.complex(mask[:, 0].float(), mask[:, 1].float()) * spectrogram[:, :NETWORK_BINS]


def up_layer(inputs: int, outputs: int, norm: str) -> nn.Sequential:
    """Up-convolution that doubles height and width, norm, ReLU."""
    return nn.Sequential(up_convolution(inputs, outputs), NORMS[norm](outputs), nn.ReLU(inplace=True))


def mask_layer(inputs: int, planes: int = 2) -> nn.Sequential:
    """Up-convolution to the planes of a mask, in [0, 1]."""
    return nn.Sequential(up_convolution(inputs, planes), nn.Sigmoid())


def down_layer(inputs: int, outputs: int, norm: str) -> nn.Sequential:
    """Convolution that halves height and width, norm, LeakyReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=4, stride=2, padding=1),
        NORMS[norm](outputs),
        nn.LeakyReLU(SLOPE, inplace=True),
    )


def up_convolution(inputs: int, outputs: int) -> nn.ConvTranspose2d:
    """Transposed convolution that doubles height and width."""
    return nn.ConvTranspose2d(inputs, outputs, kernel_size=4, stride=2, padding=1)


def start_weights(module: nn.Module) -> None:
    """Start a convolution or a batch norm as the authors do; for ``Module.apply``."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
