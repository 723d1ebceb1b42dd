"""Where scenes are made: the sources, the rule they are drawn by, the head that hears them, what is behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from baselines.pseudo_binaural.declared import EMPTY
from baselines.pseudo_binaural.ears import Direction, EarFilters, Mono, lead_in, render
from baselines.pseudo_binaural.painting import Backgrounds, paint
from baselines.pseudo_binaural.scene import Scene, SceneRule, check_enough, draw_scene, draw_start
from baselines.pseudo_binaural.sources import Source
from fairplay_bench.errors import OptionError


@dataclass(frozen=True)
class Studio:
    """Draws scenes, and makes their sound and their picture.

    Attributes:
        sources: the players.
        filters: two ears for each direction.
        rule: how scenes are drawn.
        background: what is behind the players; see :class:`Backgrounds`.
        blended: whether they are blended into it.

    Raises:
        DatasetError: if there are too few sources for the largest scene.
        OptionError: if there is no such background, or nothing to blend into.
    """

    sources: Sequence[Source]
    filters: EarFilters
    rule: SceneRule = field(default_factory=SceneRule)
    background: str = EMPTY
    blended: bool = False

    def __post_init__(self) -> None:
        """Check the parts against each other."""
        check_enough(len(self.sources), self.rule)
        backgrounds = Backgrounds(self.background, self.sources)
        if self.blended and not backgrounds.any:
            raise OptionError("--blend: nothing to blend into; give a --background too.")
        object.__setattr__(self, "_backgrounds", backgrounds)
        object.__setattr__(self, "_shapes", [source.shape for source in self.sources])

    def scene(self, rng: np.random.Generator) -> Scene:
        """Draw a scene."""
        return draw_scene(rng, self._shapes, self.rule)  # type: ignore[attr-defined]

    def directions(self, scene: Scene) -> list[Direction]:
        """Azimuth and elevation, in degrees, of each player."""
        return [(self.rule.azimuth_deg(placed.x), self.rule.elevation_deg(placed.y)) for placed in scene]

    def sounds(self, rng: np.random.Generator, scene: Scene, samples: int) -> list[Mono]:
        """Draw a segment of each player's sound, with what sounds before it, as :func:`render` takes it."""
        before = lead_in(self.filters, samples)
        sounds = []
        for placed in scene:
            source = self.sources[placed.source]
            start = draw_start(rng, source.sound, source.sound_rms, samples)
            sound = np.zeros(before + samples, np.float32)
            first = max(0, start - before)
            sound[before - (start - first) :] = source.sound[first : start + samples]
            sounds.append(sound)
        return sounds

    def ears(self, rng: np.random.Generator, scene: Scene, samples: int) -> Mono:
        """Two ears of a scene, ``(2, samples)`` at 16 kHz, left first."""
        return render(self.sounds(rng, scene, samples), self.directions(scene), self.filters, samples)

    def picture(self, rng: np.random.Generator, scene: Scene, size: tuple[int, int]) -> Image.Image:
        """The picture of a scene, RGB, of this height and width."""
        return paint(scene, self.sources, self._backgrounds.draw(rng, size), self.blended)  # type: ignore[attr-defined]
