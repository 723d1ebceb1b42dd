"""The convolutions that both networks are built of: a batch norm and a LeakyReLU after each.

References:
    Rachavarapu et al., Localize to Binauralize: Audio Spatialization from Visual Sound Source Localization, ICCV 2021,
    supplement.
"""

from torch import nn

SLOPE = 0.2  # of the LeakyReLU below zero
_KERNEL, _STRIDE, _PADDING = 4, 2, 1


def down(inputs: int, outputs: int) -> nn.Sequential:
    """4 x 4 convolution that halves height and width."""
    return _followed(nn.Conv2d(inputs, outputs, _KERNEL, _STRIDE, _PADDING), outputs)


def up(inputs: int, outputs: int) -> nn.Sequential:
    """4 x 4 transposed convolution that doubles height and width."""
    return _followed(bare_up(inputs, outputs), outputs)


def bare_up(inputs: int, outputs: int) -> nn.ConvTranspose2d:
    """As :func:`up`, with nothing after it: the last layer of a network."""
    return nn.ConvTranspose2d(inputs, outputs, _KERNEL, _STRIDE, _PADDING)


def spread(inputs: int, outputs: int, size: tuple[int, int]) -> nn.Sequential:
    """Transposed convolution from one place to so many rows and columns."""
    return _followed(nn.ConvTranspose2d(inputs, outputs, size), outputs)


def same(inputs: int, outputs: int) -> nn.Sequential:
    """3 x 3 convolution that keeps height and width."""
    return _followed(nn.Conv2d(inputs, outputs, 3, padding=1), outputs)


def start_weights(module: nn.Module) -> None:
    """Start as Mono2Binaural's audio branch does; for ``Module.apply``."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def _followed(convolution: nn.Module, channels: int) -> nn.Sequential:
    return nn.Sequential(convolution, nn.BatchNorm2d(channels), nn.LeakyReLU(SLOPE, inplace=True))
