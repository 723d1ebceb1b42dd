"""The whole network: a second of W and a picture in, a tenth of a second of Y, Z and X out.

References:
    Morgado, Vasconcelos, Langlois and Wang, Self-Supervised Generation of Spatial Audio for 360° Video, NeurIPS 2018,
    sections 4 and 5, and its released code.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from baselines.ambisonics.encoders import CELLS, KERNELS, STEPS, STRIDES, AudioEncoder, PictureEncoder
from baselines.ambisonics.loss import ambisonic_loss
from baselines.ambisonics.transform import (
    HEARD,
    HOP,
    MASKED,
    MIDDLE,
    PREDICTED_SAMPLES,
    all_bins,
    folded,
    frames_of,
    half_spectrum,
    overlap_added,
)
from fairplay_bench.records import Protocol
from fairplay_bench.training.interface import Batch, LossNetwork

CHANNELS = 3  # Y, Z, X
_SPREAD = 0.001  # of the first weights of the last localisation layer
_TIME_STRIDE, _TIME_KERNEL = STRIDES[0][0], KERNELS[0][0]
_FIRST_ROW, _LAST_ROW = MASKED.start - HEARD.start, MASKED.stop - HEARD.start - 1  # of 127 rows of masks
_FIRST_MAP_ROW = -(-(_FIRST_ROW - _TIME_KERNEL + 1) // _TIME_STRIDE)  # the first and last of the 31 rows before the
_LAST_MAP_ROW = _LAST_ROW // _TIME_STRIDE  # last convolution that reach these masks


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """What can be smaller than in the paper.

    Attributes:
        audio_width: channels of the first audio convolution; the others follow.
        audio_code: what the bottleneck makes of the sound at each of the three steps.
        visual_width: channels of the ResNet's first stage.
        cell: channels that each cell of its map is narrowed to.
        visual_code: what the bottleneck makes of a picture.
        hidden: of the two localisation layers, and of what separation is told.
        sources: how many.
        picture: height and width of the picture.
        flow: whether there is a second picture encoder, for the optical flow.
    """

    audio_width: int = 32
    audio_code: int = 1024
    visual_width: int = 64
    cell: int = 128
    visual_code: int = 512
    hidden: int = 512
    sources: int = 32
    picture: tuple[int, int] = (224, 448)
    flow: bool = False


class Localization(nn.Module):
    """From the bottleneck to the weight of each source in each channel, and a bias of each channel.

    Args:
        inputs: length of the bottleneck's code.
        hidden: of the two layers between.
        sources: how many.
    """

    def __init__(self, inputs: int, hidden: int, sources: int) -> None:
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.last = nn.Linear(hidden, CHANNELS * (sources + 1))

    def forward(self, code: Tensor) -> tuple[Tensor, Tensor]:
        """Weights and biases at each step.

        Args:
            code: ``(n, 3, inputs)``.

        Returns:
            ``(n, 3, 3, sources)`` and ``(n, 3, 3)``: steps first, then channels.
        """
        steps = self.last(self.hidden(code)).unflatten(-1, (CHANNELS, -1))
        return steps[..., :-1], steps[..., -1]


def held(steps: Tensor) -> Tensor:
    """What holds for each of the predicted samples: ``(n, 3, ...)`` of the steps to ``(n, 4800, ...)``."""
    return steps.repeat_interleave(PREDICTED_SAMPLES // STEPS, dim=1)


class Separation(nn.Module):
    """From the bottleneck and the maps of the audio encoder to a mask for each source.

    Args:
        inputs: length of the bottleneck's code.
        told: what of it each cell is told.
        encoder: whose maps are joined.
        sources: how many masks.
    """

    def __init__(self, inputs: int, told: int, encoder: AudioEncoder, sources: int) -> None:
        super().__init__()
        self.told = nn.Sequential(nn.Linear(inputs, told), nn.ReLU())
        given = list(reversed(encoder.channels))
        outputs = [*given[1:], sources]
        joined = [told + given[0], *(2 * channels for channels in given[1:])]
        self.convolutions = nn.ModuleList(
            nn.ConvTranspose2d(before, after, kernel, stride)
            for before, after, kernel, stride in zip(joined, outputs, KERNELS[::-1], STRIDES[::-1], strict=True)
        )

    def forward(self, code: Tensor, maps: list[Tensor]) -> Tensor:
        """Masks of the frames 89 … 116.

        Of the last convolution only the rows are computed that these frames need.

        Args:
            code: ``(n, 3, inputs)``.
            maps: of the audio encoder.

        Returns:
            ``(n, sources, 28, 1024)``, in 0 … 1.
        """
        last = self.told(code).transpose(1, 2)[..., None].expand(-1, -1, -1, CELLS)
        *inner, outer = self.convolutions
        for convolution, beside in zip(inner, reversed(maps[1:]), strict=True):
            last = torch.relu(convolution(torch.cat([last, beside], dim=1)))
        rows = slice(_FIRST_MAP_ROW, _LAST_MAP_ROW + 1)
        masks = outer(torch.cat([last[:, :, rows], maps[0][:, :, rows]], dim=1))
        first = _FIRST_ROW - _TIME_STRIDE * _FIRST_MAP_ROW
        return torch.sigmoid(masks[:, :, first : first + _LAST_ROW - _FIRST_ROW + 1])


class AmbisonicsNet(LossNetwork):
    """Predicts the first-order channels of a 360° video from its omnidirectional one.

    Args:
        size: its widths; the paper's by default.
    """

    def __init__(self, size: NetworkSize | None = None) -> None:
        super().__init__()
        self.size = size = size or NetworkSize()
        seen = (size.visual_width, size.picture, size.cell, size.visual_code)
        self.audio = AudioEncoder(size.audio_width)
        self.video = PictureEncoder(*seen)
        self.flow = PictureEncoder(*seen) if size.flow else None
        self.audio_code = nn.Linear(CELLS * self.audio.channels[-1], size.audio_code)
        joined = size.audio_code + size.visual_code * (2 if size.flow else 1)
        self.localization = Localization(joined, size.hidden, size.sources)
        self.separation = Separation(joined, size.hidden, self.audio, size.sources)
        _initialize(self)

    def encode(self, pictures: Tensor, flows: Tensor | None = None) -> Tensor:
        """What the bottleneck is told of pictures.

        Args:
            pictures: ``(n, 3, height, width)``, uint8, RGB, of ``size.picture``.
            flows: likewise, their optical flow as a picture; needed by a network with a flow encoder.

        Returns:
            ``(n, visual_code)``, or twice as long with a flow encoder.
        """
        codes: list[Tensor] = [self.video(pictures)]
        if self.flow is not None:
            if flows is None:
                raise TypeError("this network is shown the optical flow too")
            codes.append(self.flow(flows))
        return torch.cat(codes, dim=1)

    def predict(self, context: Tensor, seen: Tensor) -> Tensor:
        """Y, Z and X in the middle of a context.

        Args:
            context: ``(n, 52799)``, W at 48 kHz.
            seen: from :meth:`encode`, of the picture at the middle.

        Returns:
            ``(n, 3, 4800)``.
        """
        spectrum, masks, (weights, biases) = self._masked(context, seen)
        steps = [_mixed(spectrum, masks, weights[:, step], step) + biases[:, step, :, None] for step in range(STEPS)]
        return torch.cat(steps, dim=-1)

    def parts(self, context: Tensor, seen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What a prediction is made of.

        Args:
            context: as for :meth:`predict`.
            seen: as for :meth:`predict`.

        Returns:
            Sources ``(n, sources, 4800)``; weights ``(n, 3, 3, sources)`` and biases ``(n, 3, 3)``, which :func:`held`
            spreads over the samples.
        """
        spectrum, masks, (weights, biases) = self._masked(context, seen)
        return overlap_added(folded(masks) * spectrum[:, None]), weights, biases

    def _masked(self, context: Tensor, seen: Tensor) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """Half the spectrum of frames 89 … 116, the masks of all its bins, and what localisation says."""
        spectrum = half_spectrum(context)
        maps = self.audio(all_bins(spectrum[:, HEARD].abs()))
        code = self.bottleneck(maps[-1], seen)
        return spectrum[:, MASKED], self.separation(code, maps), self.localization(code)

    def bottleneck(self, last: Tensor, seen: Tensor) -> Tensor:
        """Join the last map of the sound ``(n, channels, 3, 6)`` and what is seen; ``(n, 3, joined)``."""
        heard = torch.relu(self.audio_code(last.permute(0, 2, 3, 1).flatten(start_dim=2)))
        return torch.cat([heard, seen[:, None].expand(-1, STEPS, -1)], dim=-1)

    def loss(self, batch: Batch, protocol: Protocol) -> Tensor:
        """Distance of the spectra of Y, Z and X over the channels that are there.

        Args:
            batch: ``context`` ``(n, 52799)``, ``target`` ``(n, 3, 4800)``, ``present`` ``(n, 3)``, ``picture``, and
                ``flow`` for a network with a flow encoder.
            protocol: of no consequence: the sound is heard at the level it has.

        Returns:
            A scalar.
        """
        del protocol
        seen = self.encode(batch["picture"], batch.get("flow"))
        return ambisonic_loss(self.predict(batch["context"], seen), batch["target"], batch["present"])


def _mixed(spectrum: Tensor, masks: Tensor, weights: Tensor, step: int) -> Tensor:
    """The weighted sources during one step.

    Masks, the inverse transform and the weights of a step are linear, so the masks are weighted first: that takes an
    inverse transform for each channel instead of one for each source, and only of the frames that reach the step.

    Args:
        spectrum: ``(n, 28, 513)``.
        masks: ``(n, sources, 28, 1024)``.
        weights: ``(n, 3, sources)``.
        step: 0, 1 or 2.

    Returns:
        ``(n, 3, 1600)``.
    """
    samples = PREDICTED_SAMPLES // STEPS
    frames = frames_of(step * samples, samples)
    weighted = folded(torch.einsum("nck,nktf->nctf", weights, masks[:, :, frames]))
    first = MIDDLE + step * samples - frames.start * HOP
    return overlap_added(weighted * spectrum[:, None, frames], first, samples)


def _initialize(network: AmbisonicsNet) -> None:
    """Xavier's start and zero biases everywhere but in the ResNets; the last localisation layer starts near zero."""
    resnets = {id(part) for encoder in (network.video, network.flow) if encoder for part in encoder.resnet.modules()}
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d) and id(module) not in resnets:
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    nn.init.trunc_normal_(network.localization.last.weight, std=_SPREAD, a=-2 * _SPREAD, b=2 * _SPREAD)
