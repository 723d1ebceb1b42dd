"""Associative fusion: the audio map is matched with what is seen at each place of the picture.

A 1 x 1 convolution and a ReLU bring the visual map to the channels of an audio map; the inner product of each visual
place with each bin of the audio map gives one channel a place, 98 for the 7 x 14 places of the papers. AssoConv does so
on the last level of the U-Net alone; APNet goes from coarse to fine and hands each level's result up to the next.

The names of the tensors are those of the published ``fusion.pth``; the second 1 x 1 convolution in them was never used
and is kept, frozen, only so that these files load.

References:
    Zhou et al., Sep-Stereo, ECCV 2020, section 3.3, and its released code.
"""

import torch
from torch import Tensor, nn

from baselines.mono2binaural.audio import mask_layer, up_layer


class AssociativeFusion(nn.Module):
    """Inner product of an audio map with each place of the visual map.

    Args:
        audio_channels: of the audio map.
        map_channels: of the visual map.
    """

    def __init__(self, audio_channels: int, map_channels: int) -> None:
        super().__init__()
        self.channel_mapping_conv_w = nn.Conv1d(map_channels, audio_channels, kernel_size=1)
        self.channel_mapping_conv_b = nn.Conv1d(map_channels, audio_channels, kernel_size=1).requires_grad_(False)

    def forward(self, heard: Tensor, visual_map: Tensor) -> Tensor:
        """Fuse.

        Args:
            heard: ``(n, audio channels, height, width)``.
            visual_map: ``(n, map channels, rows, columns)``.

        Returns:
            ``(n, rows · columns, height, width)``.
        """
        places = torch.relu(self.channel_mapping_conv_w(visual_map.flatten(start_dim=2)))
        fused = places.transpose(1, 2) @ heard.flatten(start_dim=2)
        return fused.reshape(len(heard), -1, *heard.shape[2:])


class AssoConv(nn.Module):
    """Masks of the two ears from the last inner level of the U-Net.

    Args:
        width: channels of that level.
        map_channels: of the visual map.
        map_places: of the visual map.
        norm: not needed here; for one signature with :class:`APNet`.
    """

    def __init__(self, width: int, map_channels: int, map_places: int, norm: str) -> None:
        super().__init__()
        del norm
        self.fusion = AssociativeFusion(width, map_channels)
        self.lastconv_left = mask_layer(map_places)
        self.lastconv_right = mask_layer(map_places)

    def forward(self, levels: list[Tensor], visual_map: Tensor) -> tuple[Tensor, Tensor]:
        """Masks of the left and of the right ear.

        Args:
            levels: outputs of the U-Net's inner up-convolutions, coarse to fine.
            visual_map: ``(n, map channels, rows, columns)``.

        Returns:
            Two of ``(n, 2, 256, 64)``, real and imaginary part, in [-1, 1].
        """
        fused = self.fusion(levels[-1], visual_map)
        return 2 * self.lastconv_left(fused) - 1, 2 * self.lastconv_right(fused) - 1


class APNet(nn.Module):
    """Masks of the two ears from all inner levels of the U-Net.

    Args:
        width: channels of the last level; the others have 8, 4 and 2 times as many.
        map_channels: of the visual map.
        map_places: of the visual map.
        norm: ``"batch"`` or ``"instance"``.
    """

    def __init__(self, width: int, map_channels: int, map_places: int, norm: str) -> None:
        super().__init__()
        self.fusion1 = AssociativeFusion(8 * width, map_channels)
        self.fusion2 = AssociativeFusion(4 * width, map_channels)
        self.fusion3 = AssociativeFusion(2 * width, map_channels)
        self.fusion4 = AssociativeFusion(width, map_channels)
        self.fusion_upconv1 = up_layer(map_places, map_places, norm)
        self.fusion_upconv2 = up_layer(2 * map_places, map_places, norm)
        self.fusion_upconv3 = up_layer(2 * map_places, map_places, norm)
        self.lastconv_left = mask_layer(2 * map_places)
        self.lastconv_right = mask_layer(2 * map_places)

    def forward(self, levels: list[Tensor], visual_map: Tensor) -> tuple[Tensor, Tensor]:
        """Masks of the left and of the right ear; see :meth:`AssoConv.forward`."""
        one, two, three, four = levels
        up = self.fusion_upconv1(self.fusion1(one, visual_map))
        up = self.fusion_upconv2(torch.cat([self.fusion2(two, visual_map), up], dim=1))
        up = self.fusion_upconv3(torch.cat([self.fusion3(three, visual_map), up], dim=1))
        fused = torch.cat([self.fusion4(four, visual_map), up], dim=1)
        return 2 * self.lastconv_left(fused) - 1, 2 * self.lastconv_right(fused) - 1


FUSIONS: dict[str, type[AssoConv | APNet] | None] = {"none": None, "assoconv": AssoConv, "apnet": APNet}
