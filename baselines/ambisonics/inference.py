"""Predicting whole sounds, window by window, in flat memory."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

from baselines.ambisonics.flow import flow_picture
from baselines.ambisonics.network import AmbisonicsNet
from baselines.ambisonics.pictures import check_whole_sphere
from baselines.ambisonics.transform import CONTEXT_SAMPLES, FIRST_SAMPLE, PREDICTED_SAMPLES, RATE
from baselines.mono2binaural.fusing import fused
from fairplay_bench.models.interface import Pictures
from fairplay_bench.models.window_pictures import resized
from fairplay_bench.records import FRAMES_PER_S

BATCH = 16  # windows at once
_WINDOW_S = PREDICTED_SAMPLES / RATE
_AFTER_SAMPLES = CONTEXT_SAMPLES - FIRST_SAMPLE - PREDICTED_SAMPLES


class Predictor:
    """A trained network made ready to predict: norms folded into convolutions, channels last.

    Args:
        network: the trained network; it is copied.
        device: where it runs.
    """

    def __init__(self, network: AmbisonicsNet, device: torch.device) -> None:
        ready = fused(network).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._network: AmbisonicsNet = ready.eval()
        self._device, self._size = device, network.size

    def stream(self, omni: Tensor, pictures: Pictures) -> Iterator[Tensor]:
        """Predict the field of a sound from its start to its end.

        Windows of 0.1 s follow one another without overlap; beyond the ends the sound counts as silent. A window whose
        context holds nothing but zeros gives zeros.

        Args:
            omni: ``(samples,)``, W at 48 kHz.
            pictures: by moment, each of them the whole sphere; asked for in ascending order.

        Yields:
            ``(4, n)``: W as given, then Y, Z and X; together as long as the sound.

        Raises:
            MediaError: if a picture cannot be read or is not twice as wide as high.
        """
        codes: dict[int, Tensor] = {}
        for first in range(0, len(omni), BATCH * PREDICTED_SAMPLES):
            stop = min(first + BATCH * PREDICTED_SAMPLES, len(omni))
            starts = range(first, stop, PREDICTED_SAMPLES)
            codes = self._codes([(start + PREDICTED_SAMPLES / 2) / RATE for start in starts], pictures, codes)
            with torch.inference_mode():  # not around the yield, which would leave it on for the caller
                contexts = torch.stack([_context(omni, start) for start in starts]).to(self._device)
                seen = torch.stack([codes[self._number(start, pictures)] for start in starts])
                heard = contexts.any(dim=1)[:, None, None]
                predicted = (self._network.predict(contexts, seen) * heard).float().cpu()
            field = torch.cat([omni[None, first:stop], predicted.transpose(0, 1).flatten(1)[:, : stop - first]])
            yield field

    def _number(self, start: int, pictures: Pictures) -> int:
        return pictures.number_at((start + PREDICTED_SAMPLES / 2) / RATE)

    def _codes(self, times_s: list[float], pictures: Pictures, known: dict[int, Tensor]) -> dict[int, Tensor]:
        """Codes of the pictures at these moments; those that are known already are not made again."""
        moments = {pictures.number_at(time_s): time_s for time_s in times_s}
        new = {number: time_s for number, time_s in moments.items() if number not in known}
        kept = {number: known[number] for number in moments if number in known}
        if not new:
            return kept
        shown = [self._shown(time_s, pictures) for time_s in new.values()]
        batches = [torch.stack(views).to(self._device) for views in zip(*shown, strict=True)]
        with torch.inference_mode():
            return kept | dict(zip(new, self._network.encode(*batches), strict=True))

    def _shown(self, time_s: float, pictures: Pictures) -> list[Tensor]:
        """What the network is shown of a moment: the picture, and its optical flow where it looks at that."""
        picture = self._picture(time_s, pictures)
        if not self._size.flow:
            return [picture]
        return [picture, flow_picture(picture, self._picture(time_s + 1 / FRAMES_PER_S, pictures))]

    def _picture(self, time_s: float, pictures: Pictures) -> Tensor:
        picture = pictures.at(time_s)
        height, width = picture.shape[-2:]
        check_whole_sphere(height, width, f"picture {pictures.number_at(time_s)}")
        return resized(picture, self._size.picture)


def _context(omni: Tensor, start: int) -> Tensor:
    """The sound around a window, ``(52799,)``."""
    before, stop = max(0, start - FIRST_SAMPLE), min(start + PREDICTED_SAMPLES + _AFTER_SAMPLES, len(omni))
    missing = max(0, FIRST_SAMPLE - start)
    part = omni[before:stop]
    return pad(part, (missing, CONTEXT_SAMPLES - missing - len(part)))
