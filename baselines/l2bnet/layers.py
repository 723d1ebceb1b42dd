"""The layers that both networks are built of: a batch norm and a LeakyReLU after each, as in Mono2Binaural's encoder.

References:
    Rachavarapu et al., Localize to Binauralize: Audio Spatialization from Visual Sound Source Localization, ICCV 2021,
    supplement.
"""

from torch import nn

from baselines.mono2binaural.audio import SLOPE, down_layer, up_convolution


def down(inputs: int, outputs: int) -> nn.Sequential:
    """4 x 4 convolution that halves height and width."""
    return down_layer(inputs, outputs, "batch")


def up(inputs: int, outputs: int) -> nn.Sequential:
    """4 x 4 transposed convolution that doubles height and width."""
    return _followed(up_convolution(inputs, outputs), outputs)


def spread(inputs: int, outputs: int, size: tuple[int, int]) -> nn.Sequential:
    """Transposed convolution from one place to so many rows and columns."""
    return _followed(nn.ConvTranspose2d(inputs, outputs, size), outputs)


def same(inputs: int, outputs: int) -> nn.Sequential:
    """3 x 3 convolution that keeps height and width."""
    return _followed(nn.Conv2d(inputs, outputs, 3, padding=1), outputs)


def _followed(convolution: nn.Module, channels: int) -> nn.Sequential:
    return nn.Sequential(convolution, nn.BatchNorm2d(channels), nn.LeakyReLU(SLOPE, inplace=True))
