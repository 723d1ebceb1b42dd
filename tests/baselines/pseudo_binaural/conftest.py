"""A few made-up sources, and a folder of mini-like clips with boxes."""

import numpy as np
import pytest
from PIL import Image

from baselines.pseudo_binaural.scene import SourceShape
from baselines.pseudo_binaural.sources import PatchRow, Source, encoded_picture, encoded_sound, write_patches
from fairplay_bench.cli import main

SAMPLES = 20_000


def noise(seed, samples=SAMPLES):
    """Noise with more low than high frequencies, as most sounds have."""
    white = np.random.default_rng(seed).normal(size=samples)
    smooth = np.convolve(white, np.hanning(9) / 4, mode="same")
    return (0.05 * smooth / smooth.std()).astype(np.float32)


def make_source(number, width=100.0, height=200.0, rms=0.05):
    sound = np.rint(noise(number) / np.abs(noise(number)).max() * 32767).astype(np.int16)
    grey = Image.new("RGB", (50, 100), (40 + 20 * number, 200, 60))
    behind = encoded_picture(np.full((48, 96, 3), (10, 20 * number, 90), np.uint8))
    level = float(np.sqrt(np.mean(sound.astype(float) ** 2)))
    return Source(f"{number:06d}", "violin", SourceShape(width, height, rms), grey, behind, sound, level)


@pytest.fixture
def call(capsys):
    """A function that runs the program: its exit status and what it printed."""

    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return run


@pytest.fixture
def sources():
    """Six sources of 1.25 s whose sizes and levels differ."""
    return [make_source(k, 70.0 + 25 * k, 150.0 + 30 * k, 0.02 * (k + 1)) for k in range(6)]


@pytest.fixture
def make_patches(tmp_path):
    """A function that writes ``patches.parquet`` with a source for each of these clips."""

    def write(clips, samples=SAMPLES, name="patches.parquet"):
        rows = []
        for number, clip in enumerate(clips):
            picture = np.full((60, 40, 3), 20 * number % 256, np.uint8)
            mono = noise(number, samples)
            rms = float(np.sqrt(np.mean(mono**2)))
            box = (100.0 + number, 80.0, 40.0, 60.0)
            sheet = encoded_picture(picture)
            rows.append(PatchRow(clip, 5, *box, "violin", 1.0, samples, rms, sheet, sheet, encoded_sound(mono)))
        write_patches(tmp_path / name, rows)
        return tmp_path / name

    return write
