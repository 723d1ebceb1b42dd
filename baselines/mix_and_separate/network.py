"""The network: a mixture and two pictures in, a ratio mask for each picture out.

The base network of Mono2Binaural with two visual branches of shared weights. What the encoder hears of the mixture is
the same for both clips, so it is computed once; the decoder runs once for each clip with that clip's visual code.

References:
    Gao and Grauman, 2.5D Visual Sound, CVPR 2019, section 6 and supplement. That the mask is a plain sigmoid, and its
    target the clipped ratio of magnitudes, is ours: the supplement says neither.
"""

from dataclasses import dataclass

from torch import Tensor

from baselines.mono2binaural import audio, visual
from baselines.mono2binaural.audio import AudioNet
from baselines.mono2binaural.visual import VisualNet, map_size, normalized_pictures
from fairplay_bench.dsp.level import RMS_FLOOR
from fairplay_bench.dsp.masks import ratio_mask
from fairplay_bench.dsp.stft import stft
from fairplay_bench.records import Protocol
from fairplay_bench.training.interface import Batch, LossNetwork

SOURCES = 2
_MAGNITUDE_FLOOR = 1e-3  # added before the logarithm: about 80 dB below the loudest bin of a window at its level


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """What differs between conditions and presets.

    Attributes:
        ears: channels of the mixture, 1 or 2.
        audio_width: channels of the first audio convolution.
        visual_width: channels of the first stage of the ResNet.
        visual_channels: channels that the visual map is narrowed to; 8 of 98 places give 784 features.
        picture: height and width of the pictures.
    """

    ears: int = 2
    audio_width: int = audio.FULL_WIDTH
    visual_width: int = visual.FULL_WIDTH
    visual_channels: int = 8
    picture: tuple[int, int] = (224, 448)


class MixAndSeparateNet(LossNetwork):
    """Predicts the ratio masks of two clips from their mixture and a picture of each.

    Args:
        size: its widths; the paper's by default.
    """

    def __init__(self, size: NetworkSize | None = None) -> None:
        super().__init__()
        self.size = size = size or NetworkSize()
        height, width = map_size(size.picture)
        self.visual = VisualNet(size.visual_width)
        self.audio = AudioNet(
            size.audio_width, self.visual.channels, height * width, size.visual_channels, planes=size.ears
        )

    def encode(self, pictures: Tensor) -> Tensor:
        """What the U-Net is told of pictures ``(n, 3, height, width)``, uint8, of ``size.picture``: ``(n, seen)``."""
        return self.audio.narrowed(self.visual(normalized_pictures(pictures, self.audio.dtype)))

    def masks(self, mixture: Tensor, seen: Tensor) -> Tensor:
        """Masks of the clips whose pictures are seen.

        Args:
            mixture: ``(n, ears, 257, 256)``, complex, at the protocol's level.
            seen: ``(n, clips, seen)``, from :meth:`encode`.

        Returns:
            ``(n, clips, ears, 256, 256)``, in [0, 1].
        """
        heard = (mixture.abs() + _MAGNITUDE_FLOOR).log().to(self.audio.dtype)
        maps, clips = self.audio.encoded(heard), seen.shape[1]
        both = [one.repeat_interleave(clips, dim=0) for one in maps]
        masks = self.audio.decoded(both, seen.flatten(0, 1)).float()
        return masks.reshape(-1, clips, *masks.shape[1:])

    def loss(self, batch: Batch, protocol: Protocol) -> Tensor:
        """Mean absolute error of the masks, over bins, channels and clips.

        Args:
            batch: ``sources``, ``(n, 2 clips, ears, 40800)``, as recorded; ``pictures``, ``(n, 2 clips, 3, height,
                width)``, uint8.
            protocol: gives the level of a mixture.

        Returns:
            A scalar.
        """
        sources = batch["sources"].float()
        mixture = sources.sum(dim=1)
        seen = self.encode(batch["pictures"].flatten(0, 1)).reshape(len(sources), SOURCES, -1)
        wanted = ratio_mask(stft(sources), stft(mixture)[:, None])
        return (self.masks(stft(at_mixture_level(mixture, protocol)), seen) - wanted).abs().mean()


def at_mixture_level(mixture: Tensor, protocol: Protocol) -> Tensor:
    """Bring mixtures ``(..., ears, samples)`` to the RMS, of the sum of their channels, that the network hears."""
    level = mixture.sum(dim=-2, keepdim=True).square().mean(dim=-1, keepdim=True).sqrt()
    return mixture * (protocol.window_level / level.clamp(min=RMS_FLOOR))
