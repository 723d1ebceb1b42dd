"""The stereo generation network: picture and sum of the ears in, a complex mask for their difference out.

Five convolutions that halve, attention from what is heard to what is seen, five transposed convolutions. Ours: the
sum's spectrogram and the mask on it, as Mono2Binaural's; skips from the encoder to the decoder, as in its U-Net; the
query comes from the audio code, key and value from the visual map, beside which they are told the place of each of its
cells; the attended vector is joined to the audio code.

References:
    Rachavarapu et al., Localize to Binauralize, ICCV 2021, supplement; Gao and Grauman, 2.5D Visual Sound, CVPR 2019.
"""

from typing import Any

import torch
from torch import Tensor, nn

from baselines.l2bnet.layers import down, same, up
from baselines.mono2binaural.audio import start_weights, up_convolution

FULL_WIDTH = 64
_MULTIPLES = (1, 2, 4, 8, 8)  # channels of the encoder in units of the width: 64, 128, 256, 512, 512
_PLANES = 2  # real and imaginary part
_COORDINATES = 2  # of a cell of the visual map


class Attention(nn.Module):
    """Each place of the audio code looks for the cells of the picture that belong to it.

    Args:
        audio_channels: of the audio code.
        map_channels: of the visual map.
        channels: of query, key and value.
    """

    def __init__(self, audio_channels: int, map_channels: int, channels: int) -> None:
        super().__init__()
        self.query = same(audio_channels, channels)
        self.key = same(map_channels + _COORDINATES, channels)
        self.value = same(map_channels + _COORDINATES, channels)

    def seen(self, visual_map: Tensor) -> Tensor:
        """Keys and values of a map ``(n, map channels, rows, columns)``: ``(n, 2, channels, rows · columns)``."""
        placed = torch.cat([visual_map, places(visual_map)], dim=1)
        return torch.stack([self.key(placed), self.value(placed)], dim=1).flatten(start_dim=3)

    def forward(self, code: Tensor, seen: Tensor) -> Tensor:
        """Attend.

        Args:
            code: ``(n, audio channels, height, width)``.
            seen: from :meth:`seen`.

        Returns:
            ``(n, channels, height, width)``.
        """
        keys, values = seen.unbind(dim=1)
        queries = self.query(code).flatten(start_dim=2)
        nearness = queries.transpose(1, 2) @ keys / keys.shape[1] ** 0.5
        attended = values @ nearness.softmax(dim=-1).transpose(1, 2)
        return attended.unflatten(-1, code.shape[2:])


class StereoNet(nn.Module):
    """The audio branch, told by attention what is seen at its narrowest place.

    Args:
        width: channels of the first convolution, 64 in the paper.
        map_channels: channels of the visual map, 512 in the paper.
    """

    def __init__(self, width: int = FULL_WIDTH, map_channels: int = 512) -> None:
        super().__init__()
        one, two, three, four, five = (multiple * width for multiple in _MULTIPLES)
        pairs = ((_PLANES, one), (one, two), (two, three), (three, four), (four, five))
        self.downs = nn.ModuleList(down(*pair) for pair in pairs)
        self.attention = Attention(five, map_channels, five)
        self.ups = nn.ModuleList(
            (
                up(2 * five, four),
                up(2 * four, three),
                up(2 * three, two),
                up(2 * two, one),
                up_convolution(2 * one, _PLANES),
            )
        )
        self.apply(start_weights)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Compile both ways in which networks call it; arguments as of ``torch.compile``."""
        super().compile(*args, **kwargs)
        self.seen = torch.compile(self.seen, *args, **kwargs)  # type: ignore[method-assign]

    @property
    def dtype(self) -> torch.dtype:
        """Type of its weights."""
        return next(self.parameters()).dtype

    def seen(self, visual_map: Tensor) -> Tensor:
        """What it keeps of a picture; see :meth:`Attention.seen`."""
        return self.attention.seen(visual_map)

    def forward(self, spectrogram: Tensor, seen: Tensor) -> Tensor:
        """Mask for the spectrogram of the difference.

        Args:
            spectrogram: ``(n, 2, 257, frames)``, real and imaginary part of the sum's.
            seen: from :meth:`seen`.

        Returns:
            ``(n, 2, 256, frames)``, real and imaginary part, in [-1, 1].
        """
        maps = [spectrogram]
        for layer in self.downs:
            maps.append(layer(maps[-1]))
        heard = torch.cat([self.attention(maps[-1], seen), maps[-1]], dim=1)
        for number, layer in enumerate(self.ups):
            heard = layer(heard if number == 0 else torch.cat([heard, maps[-1 - number]], dim=1))
        return 2 * heard.sigmoid() - 1


def places(visual_map: Tensor) -> Tensor:
    """Column and row of each cell of a map, in [-1, 1] from left and from above, ``(n, 2, rows, columns)``."""
    rows, columns = visual_map.shape[-2:]
    across = torch.linspace(-1, 1, columns, dtype=visual_map.dtype, device=visual_map.device).expand(rows, columns)
    down_ = torch.linspace(-1, 1, rows, dtype=visual_map.dtype, device=visual_map.device)[:, None].expand(rows, columns)
    return torch.stack([across, down_]).expand(len(visual_map), -1, -1, -1)
