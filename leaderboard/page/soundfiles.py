"""Sounds and pictures as files that a page opened from a disk can load: scripts, and one image a clip."""

import io
import json
import math
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fairplay_bench.datasets.index import IndexRow
from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.media.frames import frame_name, read_image
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, FRAMES_PER_S, SAMPLE_RATE
from fairplay_bench.scoring.ild import band_energies, counted_bands, level_difference

_FILM_COLUMNS = 10
_FILM_SIZE = (FRAME_WIDTH, FRAME_HEIGHT)
_FILM_QUALITY = 70
_FULL_SCALE = 32767
_STFT_FRAMES_PER_S = 100
ILD_POINTS_PER_S = 10


@dataclass(frozen=True, slots=True)
class Film:
    """All pictures of a clip in one image, row after row.

    Attributes:
        address: of the image, relative to the page.
        columns: pictures in a row.
        count: how many there are.
        width: of a picture, pixels.
        height: of a picture, pixels.
        per_s: pictures a second.
    """

    address: str
    columns: int
    count: int
    width: int
    height: int
    per_s: int = FRAMES_PER_S


def wav_bytes(ears: Tensor, rate: int = SAMPLE_RATE) -> bytes:
    """A 16-bit WAV, which every browser decodes.

    Args:
        ears: ``(2, samples)``, within [-1, 1].
        rate: Hz.

    Returns:
        The bytes of the file.
    """
    from scipy.io import wavfile

    file = io.BytesIO()
    wavfile.write(file, rate, np.round(ears.T.numpy() * _FULL_SCALE).astype(np.int16))
    return file.getvalue()


def write_sound(path: Path, key: str, ears: Tensor) -> None:
    """Write a sound as a script that hands its bytes to the page.

    Args:
        path: the file, ``.js``.
        key: by which the page knows it.
        ears: ``(2, samples)``, 16 kHz, within [-1, 1].
    """
    content = b64encode(wav_bytes(ears)).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"fairplaySound({json.dumps(key)}, {json.dumps(content)});\n", "ascii")


def write_film(path: Path, address: str, data: PreparedDataset, row: IndexRow) -> Film:
    """Write the pictures of a clip as one JPEG.

    Args:
        path: the file.
        address: of the file, as the page will name it.
        data: the data set.
        row: the clip.

    Returns:
        How the image is laid out.

    Raises:
        MediaError: if a picture cannot be read.
    """
    from PIL import Image

    width, height = _FILM_SIZE
    rows = math.ceil(row.n_frames / _FILM_COLUMNS)
    film = Image.new("RGB", (_FILM_COLUMNS * width, rows * height))
    for number in range(row.n_frames):
        picture = Image.fromarray(read_image(data.folder / row.frames / frame_name(number + 1)))
        place = (number % _FILM_COLUMNS * width, number // _FILM_COLUMNS * height)
        film.paste(picture.resize((width, height), Image.Resampling.BILINEAR), place)
    path.parent.mkdir(parents=True, exist_ok=True)
    film.save(path, "JPEG", quality=_FILM_QUALITY, optimize=True)
    return Film(address, _FILM_COLUMNS, row.n_frames, width, height)


def ild_track(ears: Tensor, target: Tensor) -> list[float | None]:
    """Level difference of the ears over time, averaged over the bands and frames that the metric ``ild`` counts.

    Args:
        ears: ``(2, samples)``, 16 kHz.
        target: same shape; where it is silent there is no difference.

    Returns:
        Ten values a second, dB, positive where the left ear is louder; None where nothing counts.
    """
    energies = band_energies(target)
    counted = counted_bands(energies) & (energies.sum(dim=0) > 0)
    difference = level_difference(band_energies(ears)).nan_to_num(0.0)  # of silence
    step = _STFT_FRAMES_PER_S // ILD_POINTS_PER_S
    track: list[float | None] = []
    for chosen, values in zip(torch.split(counted, step, dim=1), torch.split(difference, step, dim=1), strict=True):
        track.append(round(float(values[chosen].mean()), 2) if chosen.any() else None)
    return track
