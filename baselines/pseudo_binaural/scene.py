"""Drawing scenes: how many players, which, how large, where; pure numbers, no picture and no sound.

Lengths are pixels of a canvas of 640 x 360, x to the right, y downwards. Azimuth is counter-clockwise in degrees, so a
player left of the middle has a positive one.

References:
    Xu et al., Visually Informed Binaural Audio Generation without Binaural Audios, CVPR 2021, section 3, its
    supplement and its released code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from fairplay_bench.errors import DatasetError, OptionError

WIDTH, HEIGHT = 640, 360
LEVEL = 0.1  # RMS of each source, and of the sum of the ears
WIDEST = 320  # of a scaled patch, half the canvas
PatchScale = Literal["level", "none"]
PatchHeight = Literal["random", "own"]
_TRIES = 30  # placements before the players of a scene are made smaller
_SHRINK = 0.9
_MOST_FOV = 2.0  # the whole circle
_QUIET = 0.1  # of a source's own RMS: a segment softer than this is drawn again
_SEGMENTS = 10


@dataclass(frozen=True, slots=True)
class SceneRule:
    """How scenes are drawn.

    Attributes:
        mix_ratio: how often one, two, three, ... players; in any unit.
        patch_scale: ``"level"`` makes a patch larger the softer its source was recorded, ``"none"`` leaves its size.
        fov: the angle that the width of the canvas stands for, in units of 180 degrees.
        patch_height: ``"random"`` places a patch anywhere, ``"own"`` draws its column alone and leaves it as high as
            it was where it was cut out.

    Raises:
        OptionError: if the ratios are negative or all zero, or the angle is not one.
    """

    mix_ratio: tuple[float, ...] = (4.0, 5.0, 1.0)
    patch_scale: PatchScale = "level"
    fov: float = 2 / 3
    patch_height: PatchHeight = "random"

    def __post_init__(self) -> None:
        """Check the values."""
        if not self.mix_ratio or min(self.mix_ratio) < 0 or not 0 < sum(self.mix_ratio) < np.inf:
            raise OptionError(f"--mix-ratio {':'.join(map(str, self.mix_ratio))}: give shares such as 4:5:1.")
        if not 0 < self.fov <= _MOST_FOV:
            raise OptionError(f"--fov {self.fov:g}: give half circles, more than 0 and at most {_MOST_FOV:g}.")

    @property
    def most(self) -> int:
        """The largest number of players in a scene."""
        return max(count for count, share in enumerate(self.mix_ratio, start=1) if share > 0)

    def azimuth_deg(self, x: float) -> float:
        """Direction of a place on the canvas; left of the middle is positive."""
        return (WIDTH / 2 - x) / WIDTH * 180.0 * self.fov

    def elevation_deg(self, y: float) -> float:
        """Height of a place on the canvas; 45 at its upper edge."""
        return (HEIGHT / 2 - y) / HEIGHT * 90.0


def parse_mix_ratio(text: str) -> tuple[float, ...]:
    """Read shares such as ``4:5:1``.

    Raises:
        OptionError: if they are no numbers.
    """
    try:
        return tuple(float(part) for part in text.split(":"))
    except ValueError as error:
        raise OptionError(f"--mix-ratio {text}: give shares such as 4:5:1.") from error


@dataclass(frozen=True, slots=True)
class SourceShape:
    """What drawing needs to know of a source.

    Attributes:
        width: of its patch on the canvas where it is not scaled.
        height: likewise.
        rms: of its sound as recorded.
        y: middle of the patch where it was cut out.
    """

    width: float
    height: float
    rms: float
    y: float = HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Placed:
    """A source in a scene: its number, the middle of its patch, and the size of it."""

    source: int
    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """First column of the patch."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width / 2


Scene = tuple[Placed, ...]


def draw_scene(rng: np.random.Generator, sources: Sequence[SourceShape], rule: SceneRule) -> Scene:
    """Draw a scene.

    Args:
        rng: draws everything.
        sources: at least ``rule.most`` of them.
        rule: how.

    Returns:
        Different sources whose patches lie inside the canvas and share no column of it.

    Raises:
        DatasetError: if there are too few sources.
    """
    check_enough(len(sources), rule)
    shares = np.asarray(rule.mix_ratio) / sum(rule.mix_ratio)
    count = 1 + int(rng.choice(len(shares), p=shares))
    numbers = [int(number) for number in rng.choice(len(sources), size=count, replace=False)]
    factors = [_factor(rng, sources[number], rule.patch_scale) for number in numbers]
    sizes = [
        (factor * sources[number].width, factor * sources[number].height)
        for factor, number in zip(factors, numbers, strict=True)
    ]
    while True:
        for _ in range(_TRIES):
            scene = tuple(
                Placed(
                    number,
                    float(rng.uniform(width / 2, WIDTH - width / 2)),
                    _row(rng, sources[number], height, rule.patch_height),
                    width,
                    height,
                )
                for number, (width, height) in zip(numbers, sizes, strict=True)
            )
            if not overlapping(scene):
                return scene
        sizes = [(_SHRINK * width, _SHRINK * height) for width, height in sizes]


def check_enough(sources: int, rule: SceneRule) -> None:
    """Refuse fewer sources than the largest scene needs.

    Raises:
        DatasetError: saying so.
    """
    if sources < rule.most:
        raise DatasetError(
            f"{sources} source(s) for scenes of up to {rule.most}: cut out more clips, or draw smaller scenes "
            f"(--mix-ratio {':'.join('1' * max(1, sources))})."
        )


def overlapping(scene: Scene) -> bool:
    """Whether two patches share a column of the canvas."""
    row = sorted(scene, key=lambda placed: placed.left)
    return any(first.right > second.left for first, second in pairwise(row))


def mirrored(scene: Scene) -> Scene:
    """The scene with left and right exchanged."""
    return tuple(replace(placed, x=WIDTH - placed.x) for placed in scene)


def draw_start(rng: np.random.Generator, sound: np.ndarray, rms: float, samples: int) -> int:
    """Draw where a segment of a sound starts; one that is next to silent is drawn again, up to ten times.

    Args:
        rng: draws it.
        sound: ``(n,)``, any type of number.
        rms: of the whole sound, in its own unit.
        samples: length of the segment, at most ``n``.

    Returns:
        First sample.
    """
    start = 0
    for _ in range(_SEGMENTS):
        start = int(rng.integers(len(sound) - samples + 1))
        segment = sound[start : start + samples].astype(np.float32)
        if float(segment @ segment) >= (_QUIET * rms) ** 2 * samples:
            break
    return start


def _row(rng: np.random.Generator, source: SourceShape, height: float, where: PatchHeight) -> float:
    """Middle of a patch of this height."""
    highest, lowest = height / 2, HEIGHT - height / 2
    return min(max(source.y, highest), lowest) if where == "own" else float(rng.uniform(highest, lowest))


def _factor(rng: np.random.Generator, source: SourceShape, scale: PatchScale) -> float:
    """How many times its own size a patch gets."""
    if scale == "none":
        return min(1.0, WIDTH / source.width, HEIGHT / source.height)
    most = min(LEVEL / source.rms, HEIGHT / source.height, WIDEST / source.width)
    return most * float(rng.uniform(0.8, 1.0))
