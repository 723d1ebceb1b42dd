"""A folder of WAVs as a method: predictions made anywhere, in any language."""

from pathlib import Path

import torch
from torch import Tensor

from fairplay_bench.errors import OptionError, PredictionError
from fairplay_bench.media.ambisonic import AMBISONIC_RATE, CHANNELS
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
        return self._read(clip, 2, clip.sample_rate, "two ears")

    def ambisonize(self, clip: MonoClip) -> Tensor:
        """Read the first-order prediction of a clip.

        Returns:
            ``(4, samples)`` at 48 kHz; its length is judged by whoever scores it.

        Raises:
            PredictionError: if it is missing, not of four channels, or at another rate.
            MediaError: if it cannot be read.
        """
        return self._read(clip, CHANNELS, AMBISONIC_RATE, "W, Y, Z, X")

    def _read(self, clip: MonoClip, channels: int, rate: int, what: str) -> Tensor:
        path = self._folder / f"{clip.clip_id}.wav"
        if not path.is_file():
            raise PredictionError(f"{path.name}: no such prediction.")
        sound = read_sound(path)
        if sound.rate != rate:
            raise PredictionError(f"{path.name}: at {sound.rate} Hz, expected {rate} Hz.")
        if sound.channels != channels:
            raise PredictionError(f"{path.name}: {sound.channels} channel(s), expected {what}.")
        return torch.from_numpy(sound.samples.T.copy())
