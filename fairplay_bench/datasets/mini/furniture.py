"""What stands and hangs in the rooms of mini. Coordinates as in ``canvas``; the floor begins at y = -66.

Every painter gets the x of the middle of its piece and a colour.
"""

from math import cos, pi, sin

from fairplay_bench.datasets.mini.canvas import Canvas, Colour, mix, shade

WOOD: Colour = (134, 98, 70)
PALE: Colour = (232, 228, 218)
LEAF: Colour = (86, 124, 82)
BRASS: Colour = (178, 150, 92)
FLOOR = -62.0  # a little in front of the wall


def window(canvas: Canvas, x: float, colour: Colour) -> None:
    """A window on hills, with curtains in the colour."""
    left, right, top, low = x - 32, x + 32, -224.0, -136.0
    canvas.box(left - 4, top - 4, right + 4, low + 4, PALE)
    for k in range(8):
        y = top + (low - top) * k / 8
        canvas.box(left, y, right, low, mix((150, 186, 214), (222, 230, 228), k / 7))
    canvas.blob(
        [
            (left, low),
            (left, low - 16),
            (x - 12, low - 24),
            (x + 4, low - 14),
            (x + 18, low - 20),
            (right, low - 12),
            (right, low),
        ],
        (150, 176, 146),
    )
    canvas.box(left, low - 7, right, low, (128, 156, 122))
    canvas.line([(x, top), (x, low)], 2.2, PALE)
    canvas.line([(left, (top + low) / 2), (right, (top + low) / 2)], 2.2, PALE)
    canvas.box(left - 7, low + 3, right + 7, low + 7, shade(PALE, 0.9), corner=1)
    canvas.line([(left - 14, top - 7), (right + 14, top - 7)], 2.0, BRASS)
    for side in (-1, 1):
        outer, inner = x + side * 45, x + side * 27
        cloth = mix(colour, PALE, 0.35)
        canvas.blob(
            [
                (outer, top - 6),
                (inner, top - 6),
                (inner + side * 2, top + 40),
                (inner + side * 8, low + 8),
                (outer, low + 10),
            ],
            cloth,
        )
        for part in (0.3, 0.55, 0.8):
            fold = inner + (outer - inner) * part
            canvas.line([(fold, top - 4), (fold + side * 2, low + 7)], 1.2, shade(cloth, 0.86))


def picture(canvas: Canvas, x: float, colour: Colour) -> None:
    """A framed picture."""
    canvas.box(x - 25, -212, x + 25, -164, shade(WOOD, 0.8), corner=1)
    canvas.box(x - 22, -209, x + 22, -167, PALE)
    canvas.box(x - 18, -205, x + 18, -171, mix(colour, PALE, 0.55))
    canvas.oval((x + 7, -195), 6, 6, mix((240, 206, 120), PALE, 0.3))
    canvas.shape(
        [(x - 18, -171), (x - 18, -178), (x - 6, -192), (x + 4, -180), (x + 10, -186), (x + 18, -176), (x + 18, -171)],
        mix(colour, (60, 66, 74), 0.25),
    )


def clock(canvas: Canvas, x: float, colour: Colour) -> None:
    """A round clock."""
    canvas.oval((x, -200), 16, 16, mix(colour, (60, 56, 54), 0.3))
    canvas.oval((x, -200), 13, 13, PALE)
    for k in range(12):
        angle = k * pi / 6
        canvas.oval((x + 10.6 * cos(angle), -200 + 10.6 * sin(angle)), 0.8, 0.8, (84, 80, 80))
    canvas.line([(x, -200), (x + 4.5, -205.5)], 1.5, (64, 60, 62))
    canvas.line([(x, -200), (x - 3.5, -191.5)], 1.1, (64, 60, 62))


def shelf(canvas: Canvas, x: float, colour: Colour) -> None:
    """A board with books and a bowl."""
    _books(canvas, x - 30, x + 12, -176.0, 17.0, colour)
    canvas.blob([(x + 16, -184), (x + 30, -184), (x + 27, -176.5), (x + 19, -176.5)], mix(colour, PALE, 0.35))
    canvas.box(x - 36, -176, x + 36, -172, WOOD, corner=1)
    for side in (-1, 1):
        canvas.line([(x + side * 26, -172), (x + side * 26, -165)], 1.8, shade(WOOD, 0.8))


def bunting(canvas: Canvas, x: float, colour: Colour) -> None:
    """A string of pennants."""
    points = [(x + dx, -224.0 + 14.0 * (1 - (dx / 46) ** 2)) for dx in range(-46, 47, 4)]
    canvas.line(points, 1.0, (120, 112, 108))
    for k, dx in enumerate(range(-38, 39, 19)):
        y = -224.0 + 14.0 * (1 - (dx / 46) ** 2)
        tone = mix(colour, PALE, 0.25 if k % 2 else 0.65)
        canvas.shape([(x + dx - 7, y), (x + dx + 7, y), (x + dx, y + 17)], tone)


def mirror(canvas: Canvas, x: float, colour: Colour) -> None:
    """An oval mirror."""
    canvas.oval((x, -184), 20, 28, mix(BRASS, colour, 0.2))
    canvas.oval((x, -184), 17, 25, (196, 208, 214))
    canvas.line([(x - 8, -176), (x + 6, -198)], 3.0, (218, 228, 232))
    canvas.line([(x - 2, -172), (x + 9, -190)], 1.6, (218, 228, 232))


def plant(canvas: Canvas, x: float, colour: Colour) -> None:
    """A rubber plant in a pot."""
    leaf = mix(LEAF, PALE, 0.12)
    for k in range(9):
        angle = -pi / 2 + (k - 4) * 0.27
        reach = 52 - 3.6 * abs(k - 4)
        tip = (x + reach * 0.8 * cos(angle), FLOOR - 24 + reach * sin(angle))
        canvas.line([(x, FLOOR - 20), tip], 1.2, shade(LEAF, 0.8))
        canvas.oval(tip, 14, 5.6, shade(leaf, 0.86 + 0.05 * (k % 4)), turn=angle)
    canvas.shape([(x - 14, FLOOR - 26), (x + 14, FLOOR - 26), (x + 10, FLOOR), (x - 10, FLOOR)], mix(colour, PALE, 0.3))
    canvas.box(x - 15.5, FLOOR - 30, x + 15.5, FLOOR - 24, mix(colour, PALE, 0.42), corner=1)


def lamp(canvas: Canvas, x: float, colour: Colour) -> None:
    """A standard lamp."""
    canvas.oval((x, FLOOR), 12, 3, (96, 88, 84))
    canvas.line([(x, FLOOR), (x, -160)], 2.2, BRASS)
    shade_colour = mix(mix(colour, PALE, 0.55), (255, 236, 180), 0.35)
    canvas.shape([(x - 12, -184), (x + 12, -184), (x + 21, -154), (x - 21, -154)], shade_colour)
    canvas.shape([(x - 6, -184), (x + 4, -184), (x + 7, -154), (x - 10, -154)], shade(shade_colour, 1.3))


def armchair(canvas: Canvas, x: float, colour: Colour) -> None:
    """An armchair."""
    cloth = mix(colour, PALE, 0.18)
    for side in (-1, 1):
        canvas.line([(x + side * 24, FLOOR - 8), (x + side * 26, FLOOR + 1)], 3.0, shade(WOOD, 0.7))
    canvas.box(x - 28, FLOOR - 66, x + 28, FLOOR - 10, shade(cloth, 0.9), corner=12)
    canvas.box(x - 20, FLOOR - 60, x + 20, FLOOR - 26, cloth, corner=9)
    canvas.box(x - 24, FLOOR - 30, x + 24, FLOOR - 8, shade(cloth, 1.12), corner=5)
    for side in (-1, 1):
        canvas.box(x + side * 29 - 7, FLOOR - 42, x + side * 29 + 7, FLOOR - 5, shade(cloth, 0.8), corner=6)


def bookcase(canvas: Canvas, x: float, colour: Colour) -> None:
    """A bookcase."""
    left, right, top = x - 34, x + 34, -168.0
    canvas.box(left, top, right, FLOOR, shade(WOOD, 0.78), corner=1)
    canvas.box(left + 4, top + 4, right - 4, FLOOR - 4, shade(WOOD, 0.55))
    for row in range(4):
        low = top + 28.0 + 25.0 * row
        _books(canvas, left + 5 + 4 * (row % 2), right - 9 + 4 * (row % 2), low, 17.0, colour)
        canvas.box(left + 3, low, right - 3, low + 3, shade(WOOD, 0.9))


def sideboard(canvas: Canvas, x: float, colour: Colour) -> None:
    """A sideboard with a vase."""
    for side in (-1, 1):
        canvas.line([(x + side * 36, FLOOR - 8), (x + side * 38, FLOOR + 1)], 3.0, shade(WOOD, 0.6))
    canvas.box(x - 44, FLOOR - 44, x + 44, FLOOR - 6, WOOD, corner=2)
    for k in (-1, 0, 1):
        canvas.box(x + 28 * k - 12.5, FLOOR - 38, x + 28 * k + 12.5, FLOOR - 11, shade(WOOD, 1.13), corner=1)
        canvas.oval((x + 28 * k, FLOOR - 31), 1.6, 1.6, BRASS)
    canvas.box(x - 47, FLOOR - 48, x + 47, FLOOR - 43, shade(WOOD, 0.85), corner=1)
    canvas.blob(
        [
            (x + 14, FLOOR - 48),
            (x + 12, FLOOR - 60),
            (x + 17, FLOOR - 68),
            (x + 23, FLOOR - 68),
            (x + 28, FLOOR - 60),
            (x + 26, FLOOR - 48),
        ],
        mix(colour, PALE, 0.3),
    )
    for k in range(5):
        angle = -pi / 2 + (k - 2) * 0.35
        tip = (x + 20 + 24 * cos(angle), FLOOR - 68 + 24 * sin(angle))
        canvas.line([(x + 20, FLOOR - 66), tip], 1.0, shade(LEAF, 0.9))
        canvas.oval(tip, 3.8, 3.8, mix((214, 150, 150), PALE, 0.2 * (k % 3)))


def _books(canvas: Canvas, left: float, right: float, low: float, height: float, colour: Colour) -> None:
    """A row of books standing on ``low``; thickness and tone follow a fixed pattern."""
    tones = (colour, (140, 130, 120), mix(colour, (60, 70, 90), 0.5), (170, 150, 120), mix(colour, PALE, 0.4))
    x, k = left, 0
    while x < right - 5:
        thick = 4.0 + (k * 3) % 4
        tall = height * (0.78 + 0.22 * ((k * 5) % 4) / 3)
        canvas.box(x, low - tall, x + thick - 0.5, low, tones[k % 5])
        x += thick
        k += 1
