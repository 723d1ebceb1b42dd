"""Scenes a second on one core: ours against a plain loader; and what share of training waits for scenes.

The plain loader does what the released code does for each scene: it reads the source's WAV and picture files, takes
the responses of eight loudspeakers (or of the direction) from the head, convolves with ``numpy.convolve``, pastes on a
canvas of 640 x 360, scales that to 480 x 240, crops and varies it. Both make the same scenes; how far their sounds
differ is printed too. The share of waiting is that of preset ``small`` on the processor, where scenes are made by the
process that trains, and by one reading process beside it.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import torch
from PIL import Image, ImageEnhance
from timing import one_core, seconds
from torch.utils.data import DataLoader

from baselines.mono2binaural.method import SIZES
from baselines.mono2binaural.network import Mono2BinauralNet
from baselines.pseudo_binaural.ears import EarFilters, StereoMode
from baselines.pseudo_binaural.examples import DrawnScenes
from baselines.pseudo_binaural.scene import LEVEL, Scene, SceneRule, SourceShape, draw_start
from baselines.pseudo_binaural.sources import Source, encoded_picture
from baselines.pseudo_binaural.studio import Studio
from fairplay_bench.records import V1
from fairplay_bench.training.presets import SMALL
from hrtf.ambisonics import encode
from hrtf.catalogue import load_head
from hrtf.layouts import layout
from hrtf.virtual_speakers import speaker_gains

RATE, SAMPLES, WINDOW = 16_000, 160_000, 10_080
SOURCES, EACH, STEPS = 24, 30, 12
PAPER_PICTURE = (224, 448)


@dataclass
class Plain:
    """The plain loader over files in a folder."""

    studio: Studio
    folder: Path
    mode: StereoMode

    def __post_init__(self) -> None:
        """Prepare what the released code prepares: the head at 16 kHz, the speakers' responses and gains."""
        self.head = load_head("spherical-head", sample_rate=RATE)
        octagon = layout("octagon")
        self.speakers = self.head.impulse_responses(octagon.azimuth_deg, octagon.elevation_deg)
        self.gains = speaker_gains(octagon, 1, "projection")

    def ears(self, rng: np.random.Generator, scene: Scene) -> np.ndarray:
        """Two ears of a scene."""
        total = np.zeros((2, WINDOW))
        for placed, (azimuth, elevation) in zip(scene, self.studio.directions(scene), strict=True):
            sound, _ = soundfile.read(self.folder / f"{placed.source}.wav", dtype="float32")
            start = draw_start(rng, sound, float(np.sqrt(np.mean(sound**2))), WINDOW)
            segment = sound[start : start + WINDOW].astype(np.float64)
            segment *= LEVEL / np.sqrt(np.mean(segment**2))
            if self.mode == "direct":
                pair = self.head.impulse_responses(azimuth, elevation)[0]
                total += np.stack([np.convolve(segment, ear)[:WINDOW] for ear in pair])
            else:
                feeds = self.gains @ encode(segment, azimuth, elevation, 1)
                for feed, pair in zip(feeds, self.speakers, strict=True):
                    total += np.stack([np.convolve(feed, ear)[:WINDOW] for ear in pair])
        return total * LEVEL / np.sqrt(np.mean(total.sum(axis=0) ** 2))

    def picture(self, rng: np.random.Generator, scene: Scene) -> torch.Tensor:
        """The picture of a scene, cropped and varied."""
        canvas = Image.new("RGB", (640, 360))
        for placed in scene:
            patch = Image.open(self.folder / f"{placed.source}.png").convert("RGB")
            patch = patch.resize((round(placed.width), round(placed.height)))
            canvas.paste(patch, (round(placed.left), round(placed.y - placed.height / 2)))
        image = canvas.resize((480, 240))
        left, top = rng.integers(33), rng.integers(17)
        image = image.crop((left, top, left + 448, top + 224))
        image = ImageEnhance.Brightness(image).enhance(rng.random() * 0.6 + 0.7)
        image = ImageEnhance.Color(image).enhance(rng.random() * 0.6 + 0.7)
        return torch.from_numpy(np.array(image)).permute(2, 0, 1)


def make_sources(folder: Path) -> list[Source]:
    """Sources of noise with pictures as smooth as photographs, in memory and as files."""
    sources = []
    for number in range(SOURCES):
        rng = np.random.default_rng(number)
        sound = np.convolve(rng.normal(size=SAMPLES), np.hanning(9), "same")
        whole = np.rint(32767 * sound / np.abs(sound).max()).astype(np.int16)
        coarse = Image.fromarray(rng.integers(0, 256, (20, 12, 3), np.uint8))
        picture = coarse.resize((160, 300), Image.Resampling.BICUBIC)
        soundfile.write(folder / f"{number}.wav", whole, RATE, subtype="PCM_16")
        picture.save(folder / f"{number}.png")
        level = float(np.sqrt(np.mean(whole.astype(np.float64) ** 2)))
        behind = encoded_picture(np.asarray(coarse.resize((480, 240), Image.Resampling.BICUBIC)))
        shape = SourceShape(110.0, 220.0, 0.02 + 0.005 * number)
        sources.append(Source(str(number), "", shape, picture, behind, whole, level))
    return sources


def compare(studio: Studio, folder: Path, mode: StereoMode) -> None:
    """Print the rates of whole examples and of their sound alone, their ratios, and how far the sounds differ."""
    plain, ours = Plain(studio, folder, mode), DrawnScenes(studio, EACH, PAPER_PICTURE, 0)

    def one(number: int, with_picture: bool) -> np.ndarray:
        rng = np.random.default_rng((0, 0, number))
        scene = studio.scene(rng)
        ears = plain.ears(rng, scene)
        if with_picture:
            plain.picture(rng, scene)
        return ears

    def sound(number: int) -> np.ndarray:
        rng = np.random.default_rng((0, 0, number))
        return studio.ears(rng, studio.scene(rng), WINDOW)

    for name, our_work, plain_work in (
        ("whole scenes", lambda: [ours[0, k] for k in range(EACH)], lambda: [one(k, True) for k in range(EACH)]),
        ("their sound", lambda: [sound(k) for k in range(EACH)], lambda: [one(k, False) for k in range(EACH)]),
    ):
        fast, slow = seconds(our_work, plain_work)
        print(f"{mode}, {name} a second and core: ours {EACH / fast:.0f}, plain {EACH / slow:.1f}: {slow / fast:.1f} x")
    late = 200  # what sounds before the segment rings on into ours, and is missing in the plain one
    pairs = [(sound(k)[:, late:], one(k, False)[:, late:]) for k in range(EACH)]
    apart = np.sqrt(np.mean([np.mean((a - b) ** 2) / np.mean(b**2) for a, b in pairs]))
    print(f"{mode}: relative RMS of the difference of the sounds {apart:.1e}")


def waiting(studio: Studio, workers: int) -> float:
    """Share of a training's time in which its step waits for scenes, preset ``small``."""
    size = SIZES["small"]
    scenes = DrawnScenes(studio, STEPS * SMALL.batch, size.picture, 0)
    network = Mono2BinauralNet(size).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    order = [[(0, step * SMALL.batch + k) for k in range(SMALL.batch)] for step in range(STEPS)]
    batches = iter(DataLoader(scenes, batch_sampler=order, num_workers=workers))
    waited = worked = 0.0
    for step in range(STEPS):
        began = time.perf_counter()
        batch = next(batches)
        came = time.perf_counter()
        loss = network.loss(batch, V1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step > 1:  # the first batches start the reading process
            waited += came - began
            worked += time.perf_counter() - came
    return waited / (waited + worked)


def main() -> None:
    """Print the rates, their ratios and the shares of waiting."""
    cores = os.sched_getaffinity(0)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = make_sources(folder)
        blended = Studio(sources, EarFilters("direct"), SceneRule(), "own", True)
        shares = [(workers, waiting(blended, workers)) for workers in (0, 1) if workers < len(cores)]
        one_core()
        for mode in ("ambisonic", "direct"):
            compare(Studio(sources, EarFilters(mode)), folder, mode)
        plain, blend = (
            DrawnScenes(replace(blended, **kind), EACH, PAPER_PICTURE, 0) for kind in ({"blended": False}, {})
        )
        pasted, poisson = seconds(
            lambda: [plain[0, k] for k in range(EACH)], lambda: [blend[0, k] for k in range(EACH)]
        )
        print(f"with a background: pasted {EACH / pasted:.0f}, blended {EACH / poisson:.0f} scenes a second and core")
    for workers, share in shares:
        print(f"training, blended scenes, {workers} reading process(es): {100 * share:.0f} % of the time is waiting")


if __name__ == "__main__":
    main()
