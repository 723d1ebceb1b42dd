"""Folding batch norms into the convolutions before them, which changes nothing but the time a prediction takes."""

from copy import deepcopy
from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

Network = TypeVar("Network", bound=nn.Module)


def fused(network: Network) -> Network:
    """Copy a network for prediction, without its batch norms.

    Args:
        network: in its modules a batch norm comes right after the convolution it belongs to.

    Returns:
        A copy in eval mode with the same outputs to float32 precision.
    """
    copy = deepcopy(network).eval()
    for parent in copy.modules():
        before: tuple[str, nn.Module] | None = None
        for name, child in list(parent.named_children()):
            if before and isinstance(child, nn.BatchNorm2d) and isinstance(before[1], nn.Conv2d | nn.ConvTranspose2d):
                transposed = isinstance(before[1], nn.ConvTranspose2d)
                setattr(parent, before[0], fuse_conv_bn_eval(before[1], child, transpose=transposed))
                setattr(parent, name, nn.Identity())
            before = (name, child)
    return copy


def fused_on(network: Network, device: torch.device, dtype: torch.dtype) -> Network:
    """As :func:`fused`, on a device, in one precision, channels last."""
    ready: Network = fused(network).to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return ready
