"""A small 360° set whose pictures show where the sound comes from, and a tiny network."""

import numpy as np
import pytest
import torch

from baselines.ambisonics import presets
from baselines.ambisonics.network import AmbisonicsNet, NetworkSize
from baselines.ambisonics.weights import save_network
from fairplay_bench.datasets.index import (
    DATASET_FILE,
    DECODER_FILE,
    FORMAT_VERSION,
    INDEX_FILE,
    SPLITS_FILE,
    IndexRow,
    SplitRow,
    index_hash,
    splits_hash,
    write_table,
)
from fairplay_bench.media.audio import write_wav
from fairplay_bench.media.files import write_json
from fairplay_bench.media.frames import write_frames
from fairplay_bench.records import ModelCard, TrainedOn
from fairplay_bench.training.run_folder import RunDescription, write_run

from ...spherical_sources import RATE, noise, plane_wave

TINY = NetworkSize(
    audio_width=2, audio_code=8, visual_width=4, cell=4, visual_code=8, hidden=8, sources=3, picture=(32, 64)
)
SECONDS = 2
FILTERS = np.array([[1.0, 0.5, 0, 0.25], [1.0, -0.5, 0, 0.25]])[:, :, None]  # ears turned to the sides, no head


def picture_of(azimuth_deg, size=(48, 96)):
    """A dark picture with a bright column at an azimuth."""
    image = np.full((*size, 3), 40, np.uint8)
    column = int(round((0.5 - azimuth_deg / 360) * size[1], 6)) % size[1]
    image[:, [column - 1, column, (column + 1) % size[1]]] = 220
    return image


def field_of(number):
    """Noise at an azimuth of its own: the azimuth, and W, Y, Z, X."""
    azimuth_deg = (67 * number) % 360 - 180
    return azimuth_deg, plane_wave(noise(SECONDS, seed=number), azimuth_deg, 20)


def write_clip(folder, name, field, pictures, channels="WYZX"):
    """Write a prepared clip; its row."""
    ears = np.einsum("ect,cs->es", FILTERS, field)[:, ::3].astype(np.float32)  # tests hear no difference of rate
    write_wav(folder / "audio" / f"{name}.wav", ears.T, 16_000)
    write_wav(folder / "ambisonics" / f"{name}.wav", field.T, RATE)
    digest = write_frames(folder / "frames" / name, pictures)
    paths = {"audio": f"audio/{name}.wav", "frames": f"frames/{name}", "ambisonics": f"ambisonics/{name}.wav"}
    hashes = dict.fromkeys(("source_sha256", "audio_sha256", "ambisonics_sha256"), "0" * 64)
    times = {"start_s": 0.0, "duration_s": field.shape[1] / RATE, "n_samples": ears.shape[1]}
    counts = {"n_frames": len(pictures), "ambisonic_channels": channels, "frames_sha256": digest}
    return IndexRow(clip_id=name, video_id=name, **times, **counts, **paths, **hashes)


def write_description(folder, rows, subsets, name="mini-360", filters=FILTERS):
    """Write the tables of a prepared set; ``subsets`` gives the names of clips by subset."""
    splits = [SplitRow("seeded", 1, subset, clip) for subset, clips in subsets.items() for clip in clips]
    write_table(folder / INDEX_FILE, rows, IndexRow)
    write_table(folder / SPLITS_FILE, splits, SplitRow)
    if filters is not None:
        np.save(folder / DECODER_FILE, filters)
    description = {
        "format": FORMAT_VERSION,
        "name": name,
        "version": "1",
        "parameters": {},
        "split_sets": {"seeded": {"published": False, "splits": [1]}},
        "index_sha256": index_hash(rows),
        "splits_sha256": splits_hash(splits),
        "counts": {"clips": len(rows)},
        "limited": False,
        "failures": [],
        "missing": [],
    }
    write_json(folder / DATASET_FILE, description)
    return folder


def write_set(folder, name="mini-360"):
    """Six clips of two seconds: four to train on, one to validate, one to test."""
    rows, names = [], [f"clip{number}" for number in range(6)]
    for number, clip in enumerate(names):
        azimuth_deg, field = field_of(number)
        rows.append(write_clip(folder, clip, field, [picture_of(azimuth_deg)] * (10 * SECONDS)))
    return write_description(folder, rows, {"train": names[:4], "val": names[4:5], "test": names[5:]}, name)


@pytest.fixture(scope="module")
def shared_set(tmp_path_factory):
    """The set, not to be written to."""
    return write_set(tmp_path_factory.mktemp("mini-360"))


@pytest.fixture
def own_set(tmp_path):
    """The set, to be written to."""
    return write_set(tmp_path / "mini-360")


@pytest.fixture
def tiny_network():
    """A network of a few thousand parameters that says more than at its start."""
    torch.manual_seed(3)
    network = AmbisonicsNet(TINY)
    with torch.no_grad():
        network.localization.last.weight.normal_(0, 0.3)
        network.localization.last.bias.normal_(0, 0.01)
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
    return network.eval()


@pytest.fixture
def tiny_run(tiny_network, tmp_path):
    """A run folder as a training leaves it."""
    return write_tiny_run(tiny_network, tmp_path / "run")


def write_tiny_run(network, folder):
    """Write a run folder of a network."""
    from dataclasses import asdict

    folder.mkdir()
    save_network(network, folder)
    card = ModelCard("Ambisonics", version="1-tiny", trained_on=(TrainedOn("mini-360", "seeded", 1, ("train",)),))
    write_run(folder, RunDescription("ambisonics", asdict(network.size), card))
    return folder


@pytest.fixture
def tiny_preset(monkeypatch):
    """Preset small with the tiny network: two steps a pass."""
    from dataclasses import replace

    tiny = replace(presets.SMALL, epochs=2, batch=4, chunks=8, validation_segments=2, validate_epochs=1)
    monkeypatch.setitem(presets.SIZES, "small", TINY)
    monkeypatch.setitem(presets.PRESETS, "small", tiny)
    return tiny
