"""Sep-Stereo's own visual branch: a ResNet-18 whose last stage keeps its resolution and is dilated instead.

The names of the tensors are those of the published weights: ``features`` are the stages of the ResNet, ``fc`` is a
3 x 3 convolution. The released code builds that convolution and then passes it by, so in the published files it is as
chance left it: networks loaded from them do the same, networks trained here apply it.

References:
    Zhou et al., Sep-Stereo, ECCV 2020, and its released code.
"""

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d
from torchvision.models.resnet import BasicBlock

from baselines.mono2binaural.visual import FULL_WIDTH, VisualNet, resnet_stages

_DILATION = 2


class DilatedVisualNet(nn.Module):
    """ResNet-18 with a dilated last stage, a 3 x 3 convolution, and 2 x 2 average pooling.

    Args:
        width: channels of the first stage; 64 is the ResNet-18.
        convolved: whether the 3 x 3 convolution is applied; the published weights were trained without it.
    """

    def __init__(self, width: int = FULL_WIDTH, convolved: bool = True) -> None:
        super().__init__()
        self.channels = 8 * width
        self.features = _dilated(resnet_stages(width))
        self.fc = nn.Conv2d(self.channels, self.channels, kernel_size=3, padding=1).requires_grad_(convolved)
        self.convolved = convolved

    @property
    def stages(self) -> nn.Sequential:
        """What weights for ImageNet fill."""
        return self.features

    def forward(self, pictures: Tensor) -> Tensor:
        """Map of pictures; see :meth:`baselines.mono2binaural.visual.VisualNet.forward`."""
        seen = self.features(pictures)
        return avg_pool2d(self.fc(seen) if self.convolved else seen, kernel_size=2, ceil_mode=True)


VISUALS = ("resnet18", "dilated", "dilated-released")


def visual_net(name: str, width: int) -> VisualNet | DilatedVisualNet:
    """Build a visual branch, one of :data:`VISUALS`, from chance."""
    return VisualNet(width) if name == "resnet18" else DilatedVisualNet(width, convolved=name == "dilated")


def _dilated(stages: nn.Sequential) -> nn.Sequential:
    """Take the stride out of the last stage; its later 3 x 3 convolutions look twice as far instead."""
    blocks = [block for block in stages[-1].modules() if isinstance(block, BasicBlock)]
    first = blocks[0]
    first.conv1.stride = (1, 1)
    first.downsample[0].stride = (1, 1)
    for convolution in [first.conv2, *(conv for block in blocks[1:] for conv in (block.conv1, block.conv2))]:
        convolution.dilation = convolution.padding = (_DILATION, _DILATION)
    return stages
