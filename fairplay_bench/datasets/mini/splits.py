"""Ten random splits of mini, 8 : 1 : 1, drawn so that its solos can be held out.

The solo clips of validation and test together show as many different instruments as there are seats for, up to
``HELD_OUT_INSTRUMENTS``: the separation of two players needs solos of different instruments that no method has
trained on.
"""

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType

import h5py
import numpy as np

from fairplay_bench.datasets.mini.scene import clip_name, solo_instrument
from fairplay_bench.errors import OptionError

SPLITS = 10
LEAST_CLIPS = 10  # with fewer, a tenth is no clip
HELD_OUT_INSTRUMENTS = 10
SPLIT_STREAM = 3  # apart from the random streams of ``scene``


def draw_split(clips: int, seed: int, split: int) -> Mapping[str, tuple[int, ...]]:
    """One random split.

    Args:
        clips: how many there are, numbered from 1.
        seed: of the data set.
        split: its number, from 1.

    Returns:
        The numbers of the clips of ``train``, ``val`` and ``test`` in random order, none empty, none twice.

    Raises:
        OptionError: if there are too few clips.
    """
    if clips < LEAST_CLIPS:
        raise OptionError(f"{clips} clips of mini cannot be split 8:1:1; ask for at least {LEAST_CLIPS}.")
    rng = np.random.default_rng((SPLIT_STREAM, seed, split))
    tenth = (clips + 5) // 10
    held = _held_out(clips, seed, 2 * tenth, rng)
    rest = [number for number in range(1, clips + 1) if number not in set(held)]
    return MappingProxyType(
        {
            "train": tuple(int(number) for number in rng.permutation(rest)),
            "val": tuple(held[:tenth]),
            "test": tuple(held[tenth:]),
        }
    )


def _held_out(clips: int, seed: int, seats: int, rng: np.random.Generator) -> list[int]:
    """Clips for validation and test, in random order: first a solo an instrument, then half solos, then anything."""
    order = [int(number) for number in rng.permutation(np.arange(1, clips + 1))]
    played = {number: solo_instrument(seed, number) for number in order}
    first_of: dict[str, int] = {}
    for number in order:
        name = played[number]
        if name is not None:
            first_of.setdefault(name, number)
    chosen = list(first_of.values())[: min(seats, HELD_OUT_INSTRUMENTS)]
    left = [number for number in order if number not in set(chosen)]
    solos = [number for number in left if played[number] is not None]
    chosen += solos[: max(0, seats // 2 - len(chosen))]
    left = [number for number in left if number not in set(chosen)]
    several = [number for number in left if played[number] is None]
    chosen += (several + [number for number in left if played[number] is not None])[: seats - len(chosen)]
    return [int(number) for number in rng.permutation(chosen)]


def split_file(numbers: tuple[int, ...]) -> bytes:
    """An HDF5 file as FAIR-Play's: one dataset ``audio`` of byte strings.

    Args:
        numbers: of the clips it lists.

    Returns:
        The file; no times are in it, so that its bytes are always the same.
    """
    entries = np.array([f"binaural16k/{clip_name(number)}.wav".encode() for number in numbers])
    sheet = BytesIO()
    with h5py.File(sheet, "w") as file:
        file.create_dataset("audio", data=entries, track_times=False)
    return sheet.getvalue()
