"""The instruments of mini that stand on the floor, drawn in the frame of the figure (see ``canvas``).

Every painter gets the swing of the playing motion, -1 to 1, 0 at rest.
"""

from fairplay_bench.datasets.mini.canvas import Canvas, Colour, Point, along, mix, shade
from fairplay_bench.datasets.mini.held import EBONY, GOLD, RED, SILVER

BAR_WOOD: Colour = (176, 74, 44)
FRAME: Colour = (70, 62, 66)
WALNUT: Colour = (112, 68, 42)


def _strike(swing: float, side: int) -> float:
    """How far one of two alternating hands is down, 0 to 1: the right one for positive swings."""
    return max(0.0, side * swing)


def marimba_hands(swing: float) -> tuple[Point, Point]:
    """Two hands with mallets, striking in turn."""
    return (-19.0, -88.0 + 6 * _strike(swing, -1)), (19.0, -88.0 + 6 * _strike(swing, 1))


def marimba(canvas: Canvas, swing: float) -> None:
    """Rosewood bars on a frame with golden resonators."""
    del swing
    for x in (-46.0, 46.0):
        canvas.line([(x, -62), (x * 1.04, -3)], 3.6, FRAME)
        canvas.line([(x * 1.04 - 6, -2), (x * 1.04 + 6, -2)], 3.4, FRAME)
    canvas.line([(-47, -24), (47, -24)], 2.6, FRAME)
    count = 11
    for k in range(count):
        x = -44 + 88 * k / (count - 1)
        low = -30.0 - 2.0 * k
        canvas.box(x - 3.1, -64, x + 3.1, low, shade(GOLD, 0.92), corner=1.5, edge=0.6)
        canvas.line([(x - 1.2, -62), (x - 1.2, low - 2)], 0.9, (255, 236, 170))
    canvas.box(-51, -67, 51, -62.5, FRAME, corner=1)
    for k in range(count):
        x = -45.5 + 91 * k / (count - 1)
        inner = x * 0.93
        tone = mix(BAR_WOOD, (222, 132, 72), k / (count - 1))
        canvas.shape(
            [(inner - 3.4, -78 + 0.4 * k), (inner + 3.4, -78 + 0.4 * k), (x + 3.7, -65.5), (x - 3.7, -65.5)], tone, 0.6
        )
        canvas.line([(inner - 1.6, -76 + 0.4 * k), (x - 1.8, -67)], 0.7, shade(tone, 1.35))


def marimba_mallets(canvas: Canvas, swing: float) -> None:
    """The mallets from hand to bar."""
    for side, hand in zip((-1, 1), marimba_hands(swing), strict=True):
        head = (hand[0] - side * 2.0 + side * 9.0, -84.0 + 10.5 * _strike(swing, side))
        canvas.line([(hand[0] - side * 3, hand[1] - 1), head], 1.3, (238, 214, 160))
        canvas.oval(head, 3.5, 3.3, (60, 110, 190), edge=0.6)


def drum_hands(swing: float) -> tuple[Point, Point]:
    """Two hands with sticks, striking in turn."""
    return (-22.0, -86.0 + 7 * _strike(swing, -1)), (22.0, -86.0 + 7 * _strike(swing, 1))


def drum(canvas: Canvas, swing: float) -> None:
    """A big red drum with white hoops on a stand."""
    del swing
    for x in (-24.0, 0.0, 24.0):
        canvas.line([(x * 0.4, -40), (x, -2)], 2.6, (128, 132, 142))
        canvas.oval((x, -2), 3.0, 2.0, EBONY)
    canvas.box(-34, -70, 34, -36, RED, corner=2, edge=0.9)
    canvas.oval((0, -36), 34, 8, RED)
    canvas.box(-33.4, -66, -24, -37, shade(RED, 0.78))
    canvas.box(16, -66, 22, -32, shade(RED, 1.25))
    for x in (-27.0, -13.0, 1.0, 14.0, 27.0):
        low = -29.0 - 5.0 * (x / 34) ** 2
        canvas.line([(x, -64), (x + 4, low)], 1.0, (250, 238, 206))
        canvas.line([(x + 8, -64), (x + 4, low)], 1.0, (250, 238, 206))
    canvas.curve([(-34, -38), (-24, -31.5), (0, -28.5), (24, -31.5), (34, -38)], 4.0, (246, 236, 212))
    canvas.oval((0, -69), 35, 9, (246, 236, 212), edge=0.9)
    canvas.oval((0, -69.8), 31, 7, (255, 252, 244))
    canvas.oval((0, -69.8), 14, 3.0, (236, 230, 214))


def drum_sticks(canvas: Canvas, swing: float) -> None:
    """The sticks from hand to skin."""
    for side, hand in zip((-1, 1), drum_hands(swing), strict=True):
        tip = (hand[0] - side * 14.0, -88.0 + 16.0 * _strike(swing, side))
        canvas.line([(hand[0] + side * 4, hand[1] + 1), tip], 1.9, (226, 178, 108))
        canvas.oval(tip, 1.9, 1.6, (240, 204, 148))


def bells_hands(swing: float) -> tuple[Point, Point]:
    """Two hands with small hammers, striking in turn."""
    return (-19.0, -94.0 + 5 * _strike(swing, -1)), (19.0, -94.0 + 5 * _strike(swing, 1))


def bells(canvas: Canvas, swing: float) -> None:
    """Five golden bells hanging in a blue frame."""
    blue = (52, 84, 150)
    for x in (-46.0, 46.0):
        canvas.line([(x, -88), (x, -4)], 4.2, blue)
        canvas.line([(x - 7, -2.6), (x + 7, -2.6)], 4.0, shade(blue, 0.8))
    canvas.line([(-44, -22), (44, -22)], 2.6, shade(blue, 0.8))
    for k, x in enumerate((-35.0, -18.5, 0.0, 17.5, 33.5)):
        size = 1.18 - 0.1 * k
        sway = 1.3 * swing * (-1) ** k
        top = -82.0
        canvas.line([(x, -88), (x, top)], 1.4, EBONY)
        canvas.oval((x + sway, top + 25 * size), 2.4, 2.4, (110, 76, 30))
        canvas.blob(
            [
                (x, top),
                (x + 4.5 * size, top + 3 * size),
                (x + 6.0 * size + sway, top + 14 * size),
                (x + 9.0 * size + sway, top + 23 * size),
                (x + sway, top + 24.5 * size),
                (x - 9.0 * size + sway, top + 23 * size),
                (x - 6.0 * size + sway, top + 14 * size),
                (x - 4.5 * size, top + 3 * size),
            ],
            GOLD,
            edge=0.9,
        )
        canvas.curve(
            [
                (x - 2.4 * size, top + 5 * size),
                (x - 3.2 * size + sway, top + 13 * size),
                (x - 5.2 * size + sway, top + 20 * size),
            ],
            1.5,
            (255, 240, 190),
        )
    canvas.line([(-49, -89), (49, -89)], 4.8, blue)
    canvas.line([(-48, -90), (48, -90)], 1.1, shade(blue, 1.35))


def bells_hammers(canvas: Canvas, swing: float) -> None:
    """The hammers from hand to bell."""
    for side, hand in zip((-1, 1), bells_hands(swing), strict=True):
        head = (hand[0] - side * 8.0, -99.0 + 15.0 * _strike(swing, side))
        canvas.line([(hand[0] + side * 2, hand[1] - 1), head], 1.4, (236, 214, 168))
        canvas.oval(head, 3.1, 2.6, (240, 240, 236), edge=0.6)


def organ_hands(swing: float) -> tuple[Point, Point]:
    """Two hands wandering over the keys."""
    return (-17.0 + 5 * swing, -75.5), (17.0 + 6 * swing, -75.5)


def organ_pipes(canvas: Canvas, swing: float) -> None:
    """Silver pipes behind the player, highest outside."""
    del swing
    canvas.box(-48, -66, 48, -52, shade(WALNUT, 0.8))
    for k in range(5):
        for side in (-1, 1):
            x = side * (44.5 - 7.2 * k)
            top = -143.0 + 9.5 * k
            canvas.box(x - 3.3, top, x + 3.3, -60, SILVER, corner=1.4, edge=0.7)
            canvas.line([(x - 1.2, top + 3), (x - 1.2, -62)], 1.1, (250, 252, 255))
            canvas.shape([(x - 2.0, -84), (x + 2.0, -84), (x, -77)], (84, 88, 98))


def organ(canvas: Canvas, swing: float) -> None:
    """The console with its keys."""
    del swing
    canvas.box(-45, -66, 45, -1, WALNUT, corner=2, edge=0.9)
    for x in (-29.0, 0.0, 29.0):
        canvas.box(x - 12, -54, x + 12, -12, shade(WALNUT, 0.78), corner=1.5)
        canvas.box(x - 9.5, -51, x + 9.5, -15, shade(WALNUT, 1.14), corner=5)
    canvas.box(-47, -8, 47, -0.5, shade(WALNUT, 0.7), corner=1.5)
    canvas.shape([(-41, -76), (41, -76), (46, -66), (-46, -66)], (252, 250, 244), 0.8)
    back, front = ((-41.0, -76.0), (41.0, -76.0)), ((-46.0, -66.4), (46.0, -66.4))
    for k in range(15):
        part = (k + 0.5) / 15
        top, low = along(*back, part), along(*front, part)
        canvas.line([top, low], 0.5, (132, 128, 128))
        if k % 7 not in (2, 6):
            canvas.line([top, along(top, low, 0.5)], 2.4, EBONY)
    canvas.box(-48, -66.5, 48, -61, shade(WALNUT, 1.2), corner=1.5, edge=0.7)


def harp_hands(swing: float) -> tuple[Point, Point]:
    """Two hands among the strings."""
    return (20.0 + 3 * swing, -80.0 + 4 * swing), (29.0 - 2 * swing, -94.0 + 6 * swing)


def harp(canvas: Canvas, swing: float) -> None:
    """A golden concert harp."""
    top, crown, foot, heel = (16.0, -112.0), (52.0, -140.0), (48.0, -6.0), (30.0, -6.0)
    canvas.limb((24, -4), (56, -4), 7, 7, shade(GOLD, 0.7))
    for k in range(13):
        part = (k + 0.8) / 13.6
        head = along(top, (50.0, -124.0), part)
        bow = 7.0 * (part * (1 - part)) * 4
        ring = along(top, heel, 0.12 + 0.85 * part)
        shake = 0.8 * swing * (-1) ** k
        canvas.curve(
            [(head[0], head[1] + bow), ((head[0] + ring[0]) / 2 + shake, (head[1] + bow + ring[1]) / 2), ring],
            0.6,
            (206, 60, 54) if k % 7 == 0 else (250, 246, 232),
        )
    canvas.limb(top, heel, 8.0, 13.0, shade(GOLD, 0.55))
    canvas.limb(top, heel, 6.4, 11.4, GOLD)
    canvas.limb(crown, foot, 6.6, 6.6, shade(GOLD, 0.55))
    canvas.limb(crown, foot, 5.0, 5.0, shade(GOLD, 1.12))
    canvas.curve([top, (24, -113), (34, -112), (44, -124), crown], 8.0, shade(GOLD, 0.55))
    canvas.curve([top, (24, -113), (34, -112), (44, -124), crown], 6.2, GOLD)
    canvas.oval(crown, 5.4, 5.4, GOLD, edge=0.9)
    canvas.oval(crown, 2.2, 2.2, shade(GOLD, 0.6))


_BASS_X = 17.0


def bass_hands(swing: float) -> tuple[Point, Point]:
    """The plucking hand and the hand at the neck."""
    return (12.0 + 5 * swing, -70.0), (_BASS_X + 4.0, -116.0 - 3 * swing)


def bass(canvas: Canvas, swing: float) -> None:
    """A dark double bass on its spike."""
    del swing
    x = _BASS_X
    fill, face = (84, 42, 26), (128, 66, 36)
    canvas.line([(x, -12), (x, -1)], 1.6, (180, 184, 192))
    body = [
        (0, -84),
        (8, -81),
        (15, -72),
        (14.5, -62),
        (11.5, -54),
        (16, -44),
        (23, -28),
        (20, -14),
        (0, -8),
        (-20, -14),
        (-23, -28),
        (-16, -44),
        (-11.5, -54),
        (-14.5, -62),
        (-15, -72),
        (-8, -81),
    ]
    canvas.blob([(x + u, v) for u, v in body], fill, edge=1.0)
    canvas.blob([(x + 0.9 * u, -46 + 0.93 * (v + 46)) for u, v in body], face)
    canvas.line([(x, -80), (x, -138)], 5.2, (52, 32, 26))
    canvas.line([(x, -42), (x, -92)], 4.2, EBONY)
    canvas.oval((x + 0.5, -141), 3.8, 4.4, fill, edge=0.7)
    for y in (-137.0, -131.0):
        canvas.line([(x - 5, y), (x + 5, y)], 1.5, (214, 190, 120))
    for side in (-1, 1):
        canvas.curve(
            [(x + side * 7, -56), (x + side * 9.4, -50), (x + side * 7.4, -44), (x + side * 9.6, -38)],
            1.3,
            (46, 22, 16),
        )
    canvas.line([(x - 7, -41), (x + 7, -41)], 2.4, (236, 204, 140))
    canvas.shape([(x - 3.4, -32), (x + 3.4, -32), (x + 2, -16), (x - 2, -16)], EBONY)
    for dx in (-1.6, -0.5, 0.6, 1.7):
        canvas.line([(x + dx * 0.8, -136), (x + dx * 1.5, -41), (x + dx, -31)], 0.4, (238, 234, 220))
