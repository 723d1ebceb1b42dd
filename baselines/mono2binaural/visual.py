"""The visual branch: a ResNet-18 up to its last map, at any width.

The names of the tensors are those of the published ``visual.pth``: the children of a ResNet-18 in a row, without its
pooling and its classifier.
"""

import torch
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock

STRIDE = 32  # pixels of the picture to one place of the map
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
FULL_WIDTH = 64


def map_size(picture: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the map that a picture of this height and width gives."""
    height, width = picture
    return -(-height // STRIDE), -(-width // STRIDE)


class VisualNet(nn.Module):
    """ResNet-18 to its last map.

    Args:
        width: channels of the first stage; the others have 2, 4 and 8 times as many. 64 is the ResNet-18.
    """

    def __init__(self, width: int = FULL_WIDTH) -> None:
        super().__init__()
        self.channels = 8 * width
        self.feature_extraction = resnet_stages(width)

    @property
    def stages(self) -> nn.Sequential:
        """What weights for ImageNet fill."""
        return self.feature_extraction

    def forward(self, pictures: Tensor) -> Tensor:
        """Map of pictures.

        Args:
            pictures: ``(n, 3, height, width)``, float, normalised as ImageNet's.

        Returns:
            ``(n, 8 width, height / 32, width / 32)``, not negative.
        """
        return self.feature_extraction(pictures)


def resnet_stages(width: int) -> nn.Sequential:
    """Build the children of a ResNet-18 in a row, without its last pooling and its classifier, from chance."""
    stages = nn.Sequential(
        nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),
        _stage(width, width, stride=1),
        _stage(width, 2 * width, stride=2),
        _stage(2 * width, 4 * width, stride=2),
        _stage(4 * width, 8 * width, stride=2),
    )
    for module in stages.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return stages


def normalized_pictures(pictures: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Bring uint8 pictures ``(n, 3, height, width)`` to the mean and deviation of ImageNet."""
    mean = torch.tensor(IMAGENET_MEAN, device=pictures.device)[:, None, None]
    deviation = torch.tensor(IMAGENET_DEVIATION, device=pictures.device)[:, None, None]
    return ((pictures.float() / 255 - mean) / deviation).to(dtype)


def _stage(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    downsample = None
    if stride > 1 or inputs != outputs:
        downsample = nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
        )
    return nn.Sequential(BasicBlock(inputs, outputs, stride, downsample), BasicBlock(outputs, outputs))
