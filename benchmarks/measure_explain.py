"""How often occlusion is hottest where the player stands: one-player test clips of a prepared mini.

Run as ``python -m benchmarks.measure_explain --data data/mini --weights runs/m2b-1``; about 2 s of a core a frame with
preset ``small``. Prints one JSON object: the share of key frames in which the square that hurts most when it is covered
lies within the player's box (its centre; half of it; all of it), and the share of the picture that the box takes, which
a guess would hit.
"""

import argparse
import csv
import json
import time
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import torch

from baselines.explain.heat import Region, Shot
from baselines.explain.occlusion import Occlusion
from baselines.explain.run import window_around
from fairplay_bench.datasets.mini.make import TRUTH_FOLDER
from fairplay_bench.datasets.prepared import PreparedDataset, open_prepared
from fairplay_bench.media.audio import read_sound
from fairplay_bench.media.frames import frame_name, read_image
from fairplay_bench.media.key_frames import key_frames
from fairplay_bench.models.registry import load_model
from fairplay_bench.models.window_pictures import resized
from fairplay_bench.models.windowed import WindowedBinauralizer
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, FRAMES_PER_S, named_protocol


class Box(NamedTuple):
    """A player's box, pixels of the 480 x 240 picture."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies within it."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def share_of(self, left: float, top: float, right: float, bottom: float) -> float:
        """Which share of a rectangle of pixels lies within it."""
        width = max(0.0, min(right, self.x + self.width) - max(left, self.x))
        height = max(0.0, min(bottom, self.y + self.height) - max(top, self.y))
        return width * height / ((right - left) * (bottom - top))


def boxes_of(data: PreparedDataset) -> dict[tuple[str, int], list[Box]]:
    """Boxes of each clip and frame."""
    boxes: dict[tuple[str, int], list[Box]] = {}
    with (data.folder / TRUTH_FOLDER / "boxes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            box = Box(*(int(row[key]) for key in Box._fields))
            boxes.setdefault((row["clip_id"], int(row["frame"])), []).append(box)
    return boxes


def shots_of(data: PreparedDataset, clip: str, size: tuple[int, int], every_s: float) -> list[Shot]:
    """The key frames of a clip."""
    row = data.clips[clip]
    sound = torch.from_numpy(read_sound(data.folder / row.audio).samples).T
    shots = []
    for number in key_frames(row.n_frames, every_s):
        time_s = (number - 0.5) / FRAMES_PER_S
        picture = torch.from_numpy(read_image(data.folder / row.frames / frame_name(number))).permute(2, 0, 1)
        shots.append(Shot(number, time_s, resized(picture, size), window_around(sound, time_s)))
    return shots


def pixels(region: Region) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a region, pixels of the 480 x 240 picture."""
    left, top = region.left * FRAME_WIDTH, region.top * FRAME_HEIGHT
    return left, top, left + region.width * FRAME_WIDTH, top + region.height * FRAME_HEIGHT


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--model", default="mono2binaural")
    parser.add_argument("--split", type=int, default=1)
    parser.add_argument("--every", type=float, default=5.0, help="Seconds between key frames.")
    parser.add_argument("--protocol", default="v1")
    arguments = parser.parse_args()
    data, method = open_prepared(arguments.data), load_model(arguments.model, arguments.weights)
    if not isinstance(method, WindowedBinauralizer) or (size := method.network.picture_size) is None:
        raise SystemExit("a method that looks at pictures, window by window, is needed")
    began, boxes = time.process_time(), boxes_of(data)
    occlusion = Occlusion(method, named_protocol(arguments.protocol), batch=32)
    test = data.listed(data.split_set(None), arguments.split, "test")
    alone = [clip for clip in test if len(boxes[clip, 1]) == 1]
    centres, overlaps, shares = [], [], []
    for clip in alone:
        for heat in occlusion.heats(shots_of(data, clip, size, arguments.every)):
            box = boxes[clip, heat.number][0]
            left, top, right, bottom = pixels(heat.hottest)
            centres.append(box.holds((left + right) / 2, (top + bottom) / 2))
            overlaps.append(box.share_of(left, top, right, bottom))
            shares.append(box.width * box.height / (FRAME_WIDTH * FRAME_HEIGHT))
    found = {
        "clips": len(alone),
        "frames": len(centres),
        "centre_within": round(mean(centres), 3),
        "half_within": round(mean(overlap >= 0.5 for overlap in overlaps), 3),
        "whole_within": round(mean(overlap > 0.999 for overlap in overlaps), 3),
        "box_share": round(mean(shares), 3),
        "cpu_s_per_frame": round((time.process_time() - began) / len(centres), 2),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
