"""Whether sound comes from where its player is: by a localisation network's map, and by which ear is louder.

Run as ``python -m benchmarks.measure_localisation --data data/mini --weights runs/l2b-1``, of a run of ``l2bnet``,
``audio-localisation`` or ``audio-visual-correspondence``; prints one JSON object. The test clips are listened to as
they were recorded, or, with ``--ears FOLDER``, as a method predicted them (``eval --save-predictions FOLDER``).
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

import torch
from torch import Tensor

from baselines.correspondence import method as correspondence
from baselines.correspondence.network import Correspondence
from baselines.explain.run import window_around
from baselines.l2bnet.listening import Listener
from baselines.l2bnet.maps import COLUMNS, ROWS, peak
from baselines.l2bnet.places import SeenPlaces, places_of
from baselines.l2bnet.weights import load_listener, load_network
from fairplay_bench.datasets.mini.scene import azimuth_deg
from fairplay_bench.datasets.prepared import PreparedDataset, open_prepared
from fairplay_bench.dsp.level import rms
from fairplay_bench.media.audio import read_sound
from fairplay_bench.media.frames import frame_name, read_image
from fairplay_bench.media.key_frames import key_frames
from fairplay_bench.models.window_pictures import resized
from fairplay_bench.records import FRAME_WIDTH, FRAMES_PER_S, ClipId, named_protocol
from fairplay_bench.training.level import at_level
from fairplay_bench.training.run_folder import read_run

EVERY_S = 1.0
QUIET = 0.1  # of a clip's own level: softer windows are not counted, a rest has no place
ASIDE_DEG = 10.0


Localise = Callable[[Tensor, Path], Tensor]  # a map of ears (1, 2, samples) at the level of v1 and a picture's file


def by_ear(listener: Listener) -> Localise:
    """What a localisation network hears."""
    return lambda ears, _: listener.eval()(ears)[0]


def by_eye(network: Correspondence) -> Localise:
    """What a network of correspondence sees."""

    def seen(ears: Tensor, file: Path) -> Tensor:
        picture = resized(torch.from_numpy(read_image(file)).permute(2, 0, 1), network.size.picture)
        return network.eval().wanted(picture[None], ears, (ROWS, COLUMNS))[0]

    return seen


def hits(
    localise: Localise, data: PreparedDataset, places: SeenPlaces, split: int = 1, ears: Path | None = None
) -> dict[str, float | None]:
    """How often a map is strongest within the box of a sounding player, over the key frames of the test clips.

    Returns:
        ``one`` and ``several``: the shares of hits where one and where several play; ``one_box`` and ``several_boxes``:
        the shares of the picture that the boxes take, which a guess would hit; ``frames``. None where there are none.
    """
    counted: dict[bool, list[tuple[bool, float]]] = {False: [], True: []}
    for clip in _test(data, split):
        sound = _ears(data, clip, ears)
        for frame in key_frames(data.clips[clip].n_frames, EVERY_S):
            window = window_around(sound, (frame - 0.5) / FRAMES_PER_S)
            seen = places.at(clip, frame)
            if rms(window.mean(dim=0)) >= QUIET * rms(sound.mean(dim=0)):
                with torch.inference_mode():
                    file = data.folder / data.clips[clip].frames / frame_name(frame)
                    x, y = peak(localise(at_level(window[None], named_protocol("v1")), file))
                area = sum(place.width * place.height for place in seen)
                counted[len(seen) > 1].append((any(place.holds(x, y) for place in seen), area))
    shares = {}
    for several, name, boxes in ((False, "one", "one_box"), (True, "several", "several_boxes")):
        shares[name] = _share([hit for hit, _ in counted[several]])
        shares[boxes] = _share([area for _, area in counted[several]])
    return shares | {"frames": sum(map(len, counted.values()))}


def sides(data: PreparedDataset, places: SeenPlaces, ears: Path | None, split: int = 1) -> dict[str, float | None]:
    """In how many one-player test clips beyond 10 degrees the ear on the player's side is the louder one.

    A clip's direction is that of the middle of its box, averaged over the key frames; a player may walk.

    Returns:
        ``right``: the share, None where there are none; ``clips``: how many there are.
    """
    right = []
    for clip in _test(data, split):
        frames = key_frames(data.clips[clip].n_frames, EVERY_S)
        seen = [places.at(clip, frame) for frame in frames]
        if max(map(len, seen)) > 1:
            continue
        azimuth = mean(azimuth_deg((of[0].left + of[0].width / 2) * FRAME_WIDTH) for of in seen)
        if abs(azimuth) > ASIDE_DEG:
            left, other = _ears(data, clip, ears)
            right.append((rms(left) > rms(other)) == (azimuth > 0) and rms(left) != rms(other))
    return {"right": _share(right), "clips": len(right)}


def _share(values: Sequence[float]) -> float | None:
    return round(mean(values), 3) if values else None


def _test(data: PreparedDataset, split: int) -> list[ClipId]:
    return data.listed(data.split_set(None), split, "test")


def _ears(data: PreparedDataset, clip: ClipId, folder: Path | None) -> Tensor:
    path = data.folder / data.clips[clip].audio if folder is None else folder / f"{clip}.wav"
    return torch.from_numpy(read_sound(path).samples).T


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--ears", type=Path, default=None)
    parser.add_argument("--split", type=int, default=1)
    arguments = parser.parse_args()
    data, run = open_prepared(arguments.data), read_run(arguments.weights)
    places = places_of(data, None)
    if run is not None and run.method == correspondence.NAME:
        localise = by_eye(correspondence.load_correspondence(arguments.weights)[0])
    elif run is not None and run.method == "l2bnet":
        localise = by_ear(load_network(arguments.weights)[0].listener)
    else:
        localise = by_ear(load_listener(arguments.weights)[0])
    found = hits(localise, data, places, arguments.split, arguments.ears)
    print(json.dumps(found | sides(data, places, arguments.ears, arguments.split)))


if __name__ == "__main__":
    main()
