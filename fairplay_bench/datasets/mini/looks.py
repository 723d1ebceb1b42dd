"""The sixteen looks every player of mini can wear: skin, hair, clothes, size.

A look is chosen apart from the instrument and from the side, so that it tells neither.
"""

from dataclasses import dataclass
from typing import Literal

from fairplay_bench.datasets.mini.canvas import Colour

HairStyle = Literal["short", "long", "bun", "curls", "bald", "ponytail", "bob", "cap", "hat", "quiff"]
TopStyle = Literal["plain", "stripes", "suit", "vest", "hoodie", "scarf"]
LegStyle = Literal["trousers", "skirt", "shorts"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a player wears. Colours are red, green, blue; ``scale`` is the height against 150 px."""

    skin: Colour
    hair: Colour
    hair_style: HairStyle
    top: Colour
    top_style: TopStyle
    accent: Colour
    legs: Colour
    leg_style: LegStyle
    shoes: Colour
    scale: float
    glasses: bool = False
    beard: bool = False

    @property
    def height(self) -> float:
        """From the soles to the top of the hair, px before scaling."""
        return HAIR_TOP.get(self.hair_style, 148.0)


HAIR_TOP: dict[HairStyle, float] = {"bun": 154.0, "curls": 153.5, "quiff": 150.0, "hat": 150.0, "cap": 149.0}

FAIR: Colour = (246, 212, 184)
ROSE: Colour = (236, 188, 156)
TAN: Colour = (214, 162, 118)
OLIVE: Colour = (190, 138, 98)
BROWN: Colour = (146, 98, 68)
DEEP: Colour = (98, 64, 46)

BLACK: Colour = (38, 34, 38)
DARK: Colour = (70, 46, 34)
CHESTNUT: Colour = (122, 70, 40)
BLOND: Colour = (224, 184, 108)
GINGER: Colour = (190, 92, 42)
SILVER: Colour = (196, 196, 200)

WHITE: Colour = (244, 242, 236)
CREAM: Colour = (240, 222, 180)
CRIMSON: Colour = (190, 44, 60)
CORAL: Colour = (238, 112, 92)
MUSTARD: Colour = (226, 168, 48)
MOSS: Colour = (104, 142, 70)
EMERALD: Colour = (32, 132, 104)
TEAL: Colour = (36, 138, 152)
SKY: Colour = (98, 168, 220)
NAVY: Colour = (42, 62, 112)
VIOLET: Colour = (118, 80, 158)
PINK: Colour = (236, 142, 172)
GREY: Colour = (122, 128, 138)
INK: Colour = (48, 50, 60)
DENIM: Colour = (70, 96, 142)
KHAKI: Colour = (170, 148, 108)
LEATHER: Colour = (112, 66, 40)

LOOKS: tuple[Look, ...] = (
    Look(FAIR, CHESTNUT, "short", CRIMSON, "plain", WHITE, DENIM, "trousers", INK, 1.00),
    Look(DEEP, BLACK, "curls", MUSTARD, "plain", INK, NAVY, "trousers", WHITE, 1.02, glasses=True),
    Look(TAN, BLACK, "long", TEAL, "plain", CREAM, INK, "skirt", INK, 0.97),
    Look(ROSE, GINGER, "quiff", WHITE, "vest", MOSS, KHAKI, "trousers", LEATHER, 1.03, beard=True),
    Look(OLIVE, DARK, "bun", VIOLET, "scarf", MUSTARD, VIOLET, "skirt", INK, 0.96),
    Look(BROWN, BLACK, "short", INK, "suit", CRIMSON, INK, "trousers", INK, 1.06),
    Look(FAIR, BLOND, "ponytail", CORAL, "stripes", WHITE, DENIM, "trousers", WHITE, 0.97),
    Look(ROSE, SILVER, "bald", NAVY, "suit", SKY, NAVY, "trousers", LEATHER, 1.00, glasses=True, beard=True),
    Look(DEEP, BLACK, "bun", EMERALD, "plain", MUSTARD, EMERALD, "skirt", LEATHER, 1.00),
    Look(TAN, DARK, "cap", SKY, "hoodie", CORAL, GREY, "shorts", WHITE, 0.95),
    Look(FAIR, BLACK, "bob", PINK, "stripes", CRIMSON, WHITE, "skirt", CRIMSON, 0.95, glasses=True),
    Look(OLIVE, DARK, "hat", CREAM, "vest", LEATHER, LEATHER, "trousers", INK, 1.04, beard=True),
    Look(BROWN, DARK, "curls", CORAL, "scarf", TEAL, DENIM, "trousers", MUSTARD, 0.98),
    Look(ROSE, BLOND, "long", MOSS, "hoodie", CREAM, INK, "trousers", CORAL, 0.99),
    Look(TAN, SILVER, "bob", GREY, "scarf", CRIMSON, INK, "trousers", INK, 0.96, glasses=True),
    Look(DEEP, BLACK, "hat", WHITE, "stripes", NAVY, CRIMSON, "trousers", INK, 1.05),
)
