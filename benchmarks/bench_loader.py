"""Training segments a second on one core: ours against a plain loader.

The plain one does what the released code does: the whole file is read and resampled from 48 kHz with librosa's
default, a 0.63 s piece is cut out, and a PNG is decoded, resized, cropped, enhanced and turned into a tensor.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import tempfile
from pathlib import Path

import librosa
import numpy as np
import soundfile
import torch
from PIL import Image, ImageEnhance
from timing import one_core, seconds

from fairplay_bench.media.audio import write_wav
from fairplay_bench.media.frames import frame_name, write_frames
from fairplay_bench.training.augmentation import augmented
from fairplay_bench.training.segments import read_segment

SAMPLES, WINDOW = 160_000, 10_080
EACH = 20  # segments of a round


def picture(rng: np.random.Generator) -> np.ndarray:
    """A smooth picture, which compresses as photographs do."""
    coarse = Image.fromarray(rng.integers(0, 256, (15, 30, 3), np.uint8))
    return np.asarray(coarse.resize((480, 240), Image.Resampling.BICUBIC))


def make(folder: Path) -> None:
    """One clip in both layouts."""
    rng = np.random.default_rng(0)
    sound = (0.1 * rng.normal(size=(3 * SAMPLES, 2))).astype(np.float32)
    soundfile.write(folder / "source.wav", sound, 48_000, subtype="PCM_16")
    write_wav(folder / "prepared.wav", sound[::3], 16_000)
    images = [picture(rng) for _ in range(100)]
    write_frames(folder / "jpg", images)
    (folder / "png").mkdir()
    for number, image in enumerate(images, start=1):
        Image.fromarray(image).save(folder / "png" / f"{number:06d}.png")


def plain(folder: Path, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """One segment, the released way."""
    sound, _ = librosa.load(folder / "source.wav", sr=16_000, mono=False)
    start = rng.integers(SAMPLES - WINDOW)
    number = round(((start + WINDOW / 2) / 16_000 + 0.05) * 10)
    image = Image.open(folder / "png" / f"{number:06d}.png").convert("RGB").resize((480, 240))
    left, top = rng.integers(33), rng.integers(17)
    image = image.crop((left, top, left + 448, top + 224))
    image = ImageEnhance.Brightness(image).enhance(rng.random() * 0.6 + 0.7)
    image = ImageEnhance.Color(image).enhance(rng.random() * 0.6 + 0.7)
    return torch.from_numpy(sound[:, start : start + WINDOW]), torch.from_numpy(np.array(image)).permute(2, 0, 1)


def ours(folder: Path, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """One segment, as training reads it."""
    start = int(rng.integers(SAMPLES - WINDOW))
    number = round(((start + WINDOW / 2) / 16_000 + 0.05) * 10)
    ears = read_segment(folder / "prepared.wav", start, WINDOW)
    return ears, augmented(folder / "jpg" / frame_name(number), (240, 480), (224, 448), rng)


def main() -> None:
    """Print the rates and their ratio."""
    one_core()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder, rng = Path(name), np.random.default_rng(1)
        make(folder)
        fast, slow = seconds(
            lambda: [ours(folder, rng) for _ in range(EACH)], lambda: [plain(folder, rng) for _ in range(EACH)]
        )
    print(f"segments a second and core: ours {EACH / fast:.0f}, plain {EACH / slow:.1f}: {slow / fast:.1f} x")


if __name__ == "__main__":
    main()
