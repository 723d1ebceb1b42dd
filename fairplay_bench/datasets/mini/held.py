"""The instruments that players of mini carry, drawn in the frame of the figure (see ``canvas``).

Every painter gets the swing of the playing motion, -1 to 1, 0 at rest.
"""

from math import pi, sin

from fairplay_bench.datasets.mini.canvas import Canvas, Colour, Point, along, shade, turned
from fairplay_bench.datasets.mini.heads import MOUTH

GOLD: Colour = (232, 180, 62)
SILVER: Colour = (206, 212, 220)
WOOD: Colour = (206, 128, 56)
EBONY: Colour = (44, 38, 42)
RED: Colour = (204, 40, 48)

_GUITAR_AT: Point = (-5.0, -77.0)
_GUITAR_TURN = -0.36


def _on_guitar(along_neck: float, across: float) -> Point:
    return turned((_GUITAR_AT[0] + along_neck, _GUITAR_AT[1] + across), _GUITAR_TURN, _GUITAR_AT)


def guitar_hands(swing: float) -> tuple[Point, Point]:
    """Strumming hand and fretting hand."""
    return _on_guitar(-3.0, 7.0 * swing), _on_guitar(38.0 - 2.0 * swing, 3.0)


def guitar(canvas: Canvas, swing: float) -> None:
    """An orange acoustic guitar across the body."""
    del swing
    body = [
        (-25, 0),
        (-22, -13),
        (-10, -17),
        (2, -11),
        (12, -12.5),
        (19, -8),
        (21, 0),
        (19, 8),
        (12, 12.5),
        (2, 11),
        (-10, 17),
        (-22, 13),
    ]
    canvas.blob([_on_guitar(u, v) for u, v in body], (128, 66, 26), edge=0.9)
    canvas.blob([_on_guitar(u * 0.9, v * 0.88) for u, v in body], (236, 152, 66))
    canvas.line([_on_guitar(18, 0), _on_guitar(51, 0)], 4.6, (92, 56, 34))
    canvas.shape([_on_guitar(50, -3), _on_guitar(61, -4.4), _on_guitar(61, 4.4), _on_guitar(50, 3)], (110, 62, 32), 0.7)
    canvas.oval(_on_guitar(6, 0), 5.2, 5.2, (150, 84, 36))
    canvas.oval(_on_guitar(6, 0), 4.2, 4.2, (52, 30, 22))
    canvas.line([_on_guitar(-12, -6), _on_guitar(-12, 6)], 2.4, (92, 50, 28))
    for across in (-1.4, 0.0, 1.4):
        canvas.line([_on_guitar(-12, across), _on_guitar(51, across * 0.8)], 0.35, (246, 236, 206))


def trumpet_hands(swing: float) -> tuple[Point, Point]:
    """Both hands around the valves."""
    return (19.0, -113.5 - 2 * swing), (27.0, -112.5 - 3 * swing)


def trumpet(canvas: Canvas, swing: float) -> None:
    """A golden trumpet, pointing to the right."""
    lift = -3.0 * swing
    end = (55.0, -119.0 + 1.6 * lift)
    start = (MOUTH[0] + 3.0, MOUTH[1] + 0.5)
    dark = shade(GOLD, 0.62)
    canvas.line([along(start, end, 0.3), along(start, end, 0.72)], 1.0, dark)
    low = [
        (17, -116),
        (15, -112),
        (17, -108.5),
        (35, -109.5 + 0.7 * lift),
        (37, -113 + 0.7 * lift),
        (35, -117 + 0.7 * lift),
    ]
    canvas.line([*low, low[0]], 3.4, dark)
    canvas.line([*low, low[0]], 2.2, GOLD)
    canvas.line([start, along(start, end, 0.85)], 4.0, dark)
    canvas.line([start, along(start, end, 0.85)], 2.8, GOLD)
    neck = along(start, end, 0.7)
    canvas.blob(
        [
            (neck[0], neck[1] - 1.8),
            (end[0] - 6, end[1] - 4.5),
            (end[0], end[1] - 9.5),
            (end[0] + 1.5, end[1]),
            (end[0], end[1] + 9.5),
            (end[0] - 6, end[1] + 4.5),
            (neck[0], neck[1] + 1.8),
        ],
        GOLD,
        edge=0.9,
    )
    canvas.oval((end[0] + 0.3, end[1]), 2.4, 8.6, shade(GOLD, 0.7))
    canvas.line([along(start, end, 0.2), along(start, end, 0.8)], 0.8, (255, 238, 180))


def trumpet_valves(canvas: Canvas, swing: float) -> None:
    """Three valves above the fingers."""
    for k, x in enumerate((20.0, 24.0, 28.0)):
        top = -125.0 + (2.0 if swing > 0 and k == 1 else 0.0) + 0.35 * (x - 20) * -swing
        canvas.line([(x, top), (x, -117)], 2.6, shade(GOLD, 0.85))
        canvas.oval((x, top), 1.7, 1.0, SILVER)


_BRIDGE: Point = (19.0, -106.0)
_BOW: Point = (0.62, -0.785)


def _bow_hand(swing: float) -> Point:
    reach = 17.0 + 10.0 * swing
    return _BRIDGE[0] - _BOW[0] * reach, _BRIDGE[1] - _BOW[1] * reach


def violin_hands(swing: float) -> tuple[Point, Point]:
    """The bowing hand and the hand at the neck."""
    return _bow_hand(swing), (47.0, -108.5)


def violin(canvas: Canvas, swing: float) -> None:
    """A red-brown violin under the chin."""
    del swing
    body = [
        (-15, 0),
        (-13, -7),
        (-6, -8.6),
        (0, -5),
        (5, -7),
        (11, -5.6),
        (13, 0),
        (11, 5.6),
        (5, 7),
        (0, 5),
        (-6, 8.6),
        (-13, 7),
    ]
    at = (20.0, -107.0)
    canvas.line([(31, -109), (52, -112.5)], 3.2, EBONY)
    canvas.oval((53.5, -112.7), 2.8, 2.4, (120, 46, 26))
    canvas.blob([turned((at[0] + u, at[1] + v), -0.14, at) for u, v in body], (158, 58, 26), edge=0.9)
    canvas.blob([turned((at[0] + u * 0.8, at[1] + v * 0.74), -0.14, at) for u, v in body], (192, 82, 36))
    canvas.line([(10, -105.4), (50, -112)], 0.9, (240, 226, 190))
    canvas.line([(_BRIDGE[0], _BRIDGE[1] - 3.4), (_BRIDGE[0] + 0.6, _BRIDGE[1] + 3.4)], 1.4, (246, 222, 160))


def violin_bow(canvas: Canvas, swing: float) -> None:
    """The bow, drawn over the strings by the hand."""
    hand = _bow_hand(swing)
    tip = (hand[0] + _BOW[0] * 47, hand[1] + _BOW[1] * 47)
    canvas.line([(hand[0] + 2.0, hand[1] + 1.6), (tip[0] + 2.0, tip[1] + 1.6)], 1.0, (250, 246, 232))
    canvas.line([hand, tip], 1.7, (96, 44, 26))


def flute_hands(swing: float) -> tuple[Point, Point]:
    """Both hands along the tube."""
    return (20.0, -117.0 - swing), (37.0, -114.5 - 2 * swing)


def flute(canvas: Canvas, swing: float) -> None:
    """A silver flute held across."""
    start, end = (-7.0, -123.5), (51.0, -115.5 - 3 * swing)
    canvas.line([start, end], 4.6, shade(SILVER, 0.5))
    canvas.line([start, end], 3.2, SILVER)
    canvas.line([(start[0], start[1] - 0.8), (end[0], end[1] - 0.8)], 0.8, (255, 255, 255))
    for part in (0.42, 0.5, 0.58, 0.72, 0.8, 0.88):
        key = along(start, end, part)
        canvas.oval((key[0], key[1] - 2.2), 1.5, 1.2, shade(SILVER, 0.7))


def clarinet_hands(swing: float) -> tuple[Point, Point]:
    """Both hands on the tube."""
    return (12.0 + swing, -98.0), (18.0 + 2 * swing, -84.0)


def clarinet(canvas: Canvas, swing: float) -> None:
    """A black clarinet pointing down to the right."""
    start, end = (MOUTH[0] + 1.5, MOUTH[1] + 1.0), (26.0 + 4 * swing, -64.0)
    canvas.line([start, along(start, end, 0.12)], 2.4, (30, 26, 28))
    canvas.limb(along(start, end, 0.1), along(start, end, 0.9), 4.6, 5.6, EBONY)
    flare = along(start, end, 0.86)
    canvas.blob(
        [
            (flare[0] - 3, flare[1]),
            (flare[0] + 3, flare[1] - 1.4),
            (end[0] + 6.5, end[1] - 1),
            (end[0] + 3, end[1] + 3.5),
            (end[0] - 4, end[1] + 4),
        ],
        EBONY,
        edge=0.6,
    )
    for part in (0.14, 0.34, 0.6, 0.84):
        ring = along(start, end, part)
        canvas.line([(ring[0] - 2.4, ring[1] + 0.9), (ring[0] + 2.6, ring[1] - 0.9)], 1.5, SILVER)


def clarinet_keys(canvas: Canvas, swing: float) -> None:
    """Silver keys beside the fingers."""
    start, end = (MOUTH[0] + 1.5, MOUTH[1] + 1.0), (26.0 + 4 * swing, -64.0)
    for part in (0.25, 0.48, 0.53, 0.7, 0.75):
        key = along(start, end, part)
        canvas.oval((key[0] + 2.6, key[1]), 1.3, 1.3, SILVER)


def _bellows(swing: float) -> float:
    return 20.0 + 7.0 * swing


def accordion_hands(swing: float) -> tuple[Point, Point]:
    """The hand on the keys and the hand that pulls."""
    return (-27.0, -82.0), (_bellows(swing) + 11.0, -82.0 - swing)


def accordion(canvas: Canvas, swing: float) -> None:
    """A red accordion whose bellows open and close."""
    right = _bellows(swing)
    folds = 7
    for k in range(folds):
        left_x, right_x = (-10 + (right + 10) * (k + part) / folds for part in (0, 1))
        middle = (left_x + right_x) / 2
        fan = 1.5 * sin(pi * (k + 0.5) / folds)
        canvas.shape(
            [
                (left_x, -101 - fan),
                (middle, -104 - fan),
                (right_x, -101 - fan),
                (right_x, -66 + fan),
                (middle, -63 + fan),
                (left_x, -66 + fan),
            ],
            (64, 60, 72) if k % 2 else (96, 90, 104),
        )
        canvas.line([(middle, -104 - fan), (middle, -63 + fan)], 0.8, (232, 196, 92))
    canvas.box(-27, -106, -9, -62, RED, corner=3, edge=0.9)
    canvas.box(right, -106, right + 13, -62, RED, corner=3, edge=0.9)
    canvas.box(-26, -103, -18.5, -65, (250, 248, 242), corner=0.6)
    for y in range(-100, -64, 5):
        canvas.line([(-26, float(y)), (-18.5, float(y))], 0.5, (120, 116, 116))
        canvas.line([(-26, y + 2.4), (-22.5, y + 2.4)], 1.7, EBONY)
    canvas.box(-15.5, -100, -11.5, -68, shade(RED, 0.7), corner=1.5)
    for y in range(-98, -66, 6):
        for x in (right + 4.5, right + 8.5):
            canvas.oval((x, float(y)), 1.1, 1.1, (250, 248, 242))


def maracas_hands(swing: float) -> tuple[Point, Point]:
    """Two raised hands, shaking against each other."""
    return (-29.0, -98.0 - 5 * swing), (29.0, -98.0 + 5 * swing)


def maracas(canvas: Canvas, swing: float) -> None:
    """A green and an orange rattle."""
    for side, hand, fill in zip((-1, 1), maracas_hands(swing), ((64, 168, 84), (244, 130, 36)), strict=True):
        lean = 0.12 * side + 0.16 * swing
        head = turned((hand[0], hand[1] - 19), lean, hand)
        canvas.line([turned((hand[0], hand[1] + 5), lean, hand), head], 2.6, (124, 78, 42))
        canvas.oval(head, 7.6, 9.6, fill, turn=lean + 0.001, edge=0.9)
        canvas.oval((head[0] - 2.4, head[1] - 3.4), 2.0, 2.8, shade(fill, 1.45))
        band = [turned((head[0] + dx, head[1] + 3), lean, head) for dx in (-6.6, 6.6)]
        canvas.line(band, 2.0, (250, 226, 120))


def singer_hands(swing: float) -> tuple[Point, Point]:
    """A speaking hand and the hand at the microphone."""
    return (-24.0 - 3 * swing, -84.0 - 12 * swing), (18.5, -100.0)


def microphone_stand(canvas: Canvas, swing: float) -> None:
    """The stand of the microphone."""
    del swing
    canvas.oval((19, -2.6), 11, 2.6, EBONY)
    canvas.line([(19, -3), (19, -103)], 2.0, (96, 98, 106))
    canvas.line([(19, -3), (19, -103)], 0.6, (190, 192, 200))
    canvas.line([(19, -103), (12.5, -113)], 3.6, EBONY)
    canvas.oval((11.4, -115), 4.4, 4.4, (70, 72, 80), edge=0.6)
    canvas.oval((10.4, -116.4), 1.6, 1.6, (150, 154, 164))
