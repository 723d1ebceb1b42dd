"""The players as pictures: one sprite of the legs and one of the rest for each pose, and how large they are.

The extent of a figure is declared, not measured, so that scenes and truth boxes need no drawing; a test holds the
drawings to the declarations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from PIL import Image, ImageOps

from fairplay_bench.datasets.mini import held, standing
from fairplay_bench.datasets.mini.canvas import Canvas, Point
from fairplay_bench.datasets.mini.heads import draw_head
from fairplay_bench.datasets.mini.looks import LOOKS
from fairplay_bench.datasets.mini.people import draw_arm, draw_legs, draw_torso

Painter = Callable[[Canvas, float], None]

POSES = 5  # swings of -1, -0.5, 0, 0.5 and 1
REST = 2  # the pose of a silent player
STEPS = 4
HEAD_ROOM = 4  # rows above the figure, for the hats of the tall and for bobbing


@dataclass(frozen=True, slots=True)
class Figure:
    """How the player of one instrument is drawn.

    ``width`` is the extent of person and instrument in px at scale 1, ``height`` that of an instrument that may rise
    above the person; ``shift`` moves the
    person so that the whole is centred; ``walks`` says whether the instrument can be carried about. ``behind`` is
    painted below the person, ``before`` between trunk and arms, ``over`` above everything.
    """

    width: int
    height: int
    shift: float
    walks: bool
    hands: Callable[[float], tuple[Point, Point]]
    behind: tuple[Painter, ...] = ()
    before: tuple[Painter, ...] = ()
    over: tuple[Painter, ...] = ()
    blows: bool = False
    sings: bool = False


FIGURES: MappingProxyType[str, Figure] = MappingProxyType(
    {
        "guitar": Figure(86, 0, -11.5, True, held.guitar_hands, before=(held.guitar,)),
        "trumpet": Figure(
            84, 0, -17, True, held.trumpet_hands, before=(held.trumpet,), over=(held.trumpet_valves,), blows=True
        ),
        "violin": Figure(82, 0, -16, True, held.violin_hands, before=(held.violin,), over=(held.violin_bow,)),
        "flute": Figure(80, 0, -15, True, held.flute_hands, over=(held.flute,), blows=True),
        "clarinet": Figure(
            62, 0, -6.5, True, held.clarinet_hands, before=(held.clarinet,), over=(held.clarinet_keys,), blows=True
        ),
        "accordion": Figure(80, 0, -3.5, True, held.accordion_hands, before=(held.accordion,)),
        "maracas": Figure(86, 0, 0, True, held.maracas_hands, over=(held.maracas,)),
        "voice": Figure(68, 0, 3.5, False, held.singer_hands, before=(held.microphone_stand,), sings=True),
        "marimba": Figure(
            112, 0, 0, False, standing.marimba_hands, before=(standing.marimba,), over=(standing.marimba_mallets,)
        ),
        "drum": Figure(74, 0, 0, False, standing.drum_hands, before=(standing.drum,), over=(standing.drum_sticks,)),
        "bells": Figure(
            112, 0, 0, False, standing.bells_hands, before=(standing.bells,), over=(standing.bells_hammers,)
        ),
        "organ": Figure(
            98, 144, 0, False, standing.organ_hands, behind=(standing.organ_pipes,), before=(standing.organ,)
        ),
        "harp": Figure(84, 146, -19, False, standing.harp_hands, before=(standing.harp,)),
        "bass": Figure(64, 146, -10, False, standing.bass_hands, before=(standing.bass,)),
    }
)


def figure_size(instrument: str, look: int) -> tuple[int, int]:
    """Width and height of a player in the picture, in pixels; both even, so that the middle is between two."""
    figure, person = FIGURES[instrument], LOOKS[look]
    height = max(figure.height, person.height)
    return 2 * round(figure.width * person.scale / 2), 2 * round(height * person.scale / 2)


def _sheet(instrument: str, look: int) -> Canvas:
    width, height = figure_size(instrument, look)
    return Canvas(width, height + HEAD_ROOM, LOOKS[look].scale, FIGURES[instrument].shift)


def _finish(canvas: Canvas, facing: int) -> Image.Image:
    sprite = canvas.finish()
    return sprite if facing > 0 else ImageOps.mirror(sprite)


@lru_cache(maxsize=64)
def lower_sprite(instrument: str, look: int, step: int, facing: int) -> Image.Image:
    """The legs, and whatever stands behind the player.

    Args:
        instrument: a name of ``FIGURES``.
        look: index into ``LOOKS``.
        step: walking step, 0 to 3; 0 stands.
        facing: 1 looks to the right, -1 is the mirror image.

    Returns:
        RGBA, as wide as ``figure_size`` says and ``HEAD_ROOM`` rows higher; feet on the lowest row.
    """
    canvas = _sheet(instrument, look)
    for paint in FIGURES[instrument].behind:
        paint(canvas, 0.0)
    draw_legs(canvas, LOOKS[look], step)
    return _finish(canvas, facing)


@lru_cache(maxsize=128)
def upper_sprite(instrument: str, look: int, pose: int, sounding: bool, facing: int) -> Image.Image:
    """Trunk, head, arms and instrument.

    Args:
        instrument: a name of ``FIGURES``.
        look: index into ``LOOKS``.
        pose: 0 to ``POSES - 1``; ``REST`` is the middle.
        sounding: opens the mouth of a singer.
        facing: 1 looks to the right, -1 is the mirror image.

    Returns:
        RGBA, the size of ``lower_sprite``.
    """
    canvas, figure, person = _sheet(instrument, look), FIGURES[instrument], LOOKS[look]
    swing = 2.0 * pose / (POSES - 1) - 1.0
    draw_torso(canvas, person)
    mouth = 0.55 + 0.45 * swing if figure.sings and sounding else 0.1 if figure.blows else 0.0
    draw_head(canvas, person, mouth)
    for paint in figure.before:
        paint(canvas, swing)
    for side, hand in zip((-1, 1), figure.hands(swing), strict=True):
        draw_arm(canvas, person, side, hand)
    for paint in figure.over:
        paint(canvas, swing)
    return _finish(canvas, facing)
