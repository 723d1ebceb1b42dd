"""A folder of WAVs as a method: predictions made anywhere, in any language."""

from pathlib import Path

import torch
from torch import Tensor

from fairplay_bench.errors import OptionError, PredictionError
from fairplay_bench.media.audio import read_sound
from fairplay_bench.models.interface import MonoClip
from fairplay_bench.records import ModelCard


class PredictionFolder:
    """Reads ``<clip id>.wav`` where other methods compute.

    Args:
        folder: where the files are.

    Raises:
        OptionError: if the folder is missing.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise OptionError(f"predictions:{folder}: no such folder; it should hold a WAV named after each clip.")
        self._folder = folder
        self.card = ModelCard(name=f"predictions:{folder.name}")

    def binauralize(self, clip: MonoClip) -> Tensor:
        """Read the prediction of a clip.

        Returns:
            ``(2, samples)``; its length is judged by whoever scores it.

        Raises:
            PredictionError: if it is missing, not of two channels, or at another rate.
            MediaError: if it cannot be read.
        """
        path = self._folder / f"{clip.clip_id}.wav"
        if not path.is_file():
            raise PredictionError(f"{path.name}: no such prediction.")
        sound = read_sound(path)
        if sound.rate != clip.sample_rate:
            raise PredictionError(f"{path.name}: at {sound.rate} Hz, expected {clip.sample_rate} Hz.")
        if sound.channels != 2:
            raise PredictionError(f"{path.name}: {sound.channels} channel(s), expected two ears.")
        return torch.from_numpy(sound.samples.T.copy())
