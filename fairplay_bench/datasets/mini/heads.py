"""The heads of mini: face and hair, drawn in the frame of the figure (see ``canvas``).

A head looks at the spectator, turned a little to the right of the picture; mirrored sprites look to the left.
"""

from math import cos, pi, sin

from fairplay_bench.datasets.mini.canvas import Canvas, Colour, Point, mix, shade
from fairplay_bench.datasets.mini.looks import Look

HEAD: Point = (0.5, -130.0)
MOUTH: Point = (4.0, -122.5)
EYE: Colour = (40, 30, 34)
LIP: Colour = (160, 60, 60)


def draw_head(canvas: Canvas, look: Look, open_mouth: float) -> None:
    """Head, hair and face.

    Args:
        canvas: what to draw on.
        look: who.
        open_mouth: 0 (a smile) to 1 (wide open).
    """
    x, y = HEAD
    _hair_behind(canvas, look)
    canvas.oval((x - 11.5, y + 2), 3.0, 3.8, shade(look.skin, 0.8))
    canvas.blob(
        [
            (x - 11.5, y - 6),
            (x - 7, y - 14),
            (x + 1, y - 16),
            (x + 9, y - 13),
            (x + 12.2, y - 4),
            (x + 11.6, y + 4),
            (x + 7.5, y + 12),
            (x + 1, y + 15),
            (x - 6.5, y + 12),
            (x - 11.2, y + 4),
        ],
        look.skin,
        edge=0.7,
    )
    canvas.oval((x + 8.2, y + 5.2), 2.6, 1.8, mix(look.skin, (224, 96, 96), 0.28))
    canvas.oval((x - 5.0, y + 5.6), 2.6, 1.8, mix(look.skin, (224, 96, 96), 0.28))
    if look.beard:
        canvas.blob(
            [
                (x - 11, y + 2),
                (x - 6, y + 5),
                (x + 3, y + 4.5),
                (x + 9, y + 5),
                (x + 11.6, y + 2),
                (x + 9.5, y + 12),
                (x + 2, y + 17),
                (x - 6.5, y + 13),
            ],
            look.hair,
        )
    _face(canvas, look, open_mouth)
    _hair_over(canvas, look)


def _face(canvas: Canvas, look: Look, open_mouth: float) -> None:
    x, y = HEAD
    for eye_x in (x - 2.4, x + 7.2):
        canvas.oval((eye_x, y - 0.5), 1.45, 1.9, EYE)
        canvas.oval((eye_x + 0.5, y - 1.2), 0.5, 0.6, (250, 250, 250))
        canvas.curve([(eye_x - 2.4, y - 4.6), (eye_x, y - 5.6), (eye_x + 2.4, y - 4.7)], 1.0, shade(look.hair, 0.8))
    canvas.curve([(x + 3.0, y - 0.5), (x + 4.8, y + 3.4), (x + 2.6, y + 3.9)], 0.9, shade(look.skin, 0.7))
    if open_mouth > 0.05:
        canvas.oval((MOUTH[0] - 0.8, MOUTH[1] + 0.8), 2.6 + open_mouth, 1.0 + 3.0 * open_mouth, shade(LIP, 0.55))
    else:
        canvas.curve([(x - 0.6, y + 7.6), (x + 2.8, y + 9.0), (x + 6.0, y + 7.4)], 1.2, LIP)
    if look.glasses:
        for eye_x in (x - 2.4, x + 7.2):
            ring = [(eye_x + 4.0 * cos(k * pi / 9), y - 0.5 + 3.8 * sin(k * pi / 9)) for k in range(19)]
            canvas.line(ring, 0.9, (52, 44, 48))
        canvas.line([(x + 1.5, y - 0.9), (x + 3.2, y - 0.9)], 0.9, (52, 44, 48))
        canvas.line([(x - 6.4, y - 0.9), (x - 11, y - 0.2)], 0.9, (52, 44, 48))


def _hair_behind(canvas: Canvas, look: Look) -> None:
    x, y = HEAD
    dark = shade(look.hair, 0.82)
    if look.hair_style == "long":
        canvas.blob(
            [
                (x - 14, y - 6),
                (x - 6, y - 16),
                (x + 6, y - 16),
                (x + 14, y - 6),
                (x + 14.5, y + 14),
                (x + 12, y + 28),
                (x + 3, y + 26),
                (x - 4, y + 28),
                (x - 15, y + 30),
                (x - 16, y + 12),
            ],
            dark,
        )
    elif look.hair_style == "bob":
        canvas.blob(
            [
                (x - 14, y - 6),
                (x - 5, y - 17),
                (x + 7, y - 17),
                (x + 14.5, y - 6),
                (x + 15, y + 11),
                (x + 6, y + 14),
                (x - 6, y + 14),
                (x - 15.5, y + 12),
            ],
            dark,
        )
    elif look.hair_style == "ponytail":
        canvas.blob(
            [(x - 10, y - 12), (x - 19, y - 8), (x - 22, y + 6), (x - 18, y + 20), (x - 14.5, y + 8), (x - 10, y - 2)],
            dark,
            edge=0.5,
        )
    elif look.hair_style == "curls":
        for k in range(11):
            angle = pi * (0.92 + 1.16 * k / 10)
            canvas.oval((x + 13 * cos(angle), y - 4 + 13.5 * sin(angle)), 6.4, 6.4, dark)
    elif look.hair_style == "bun":
        canvas.oval((x - 3, y - 18.5), 6.0, 5.2, dark, edge=0.5)


def _hair_over(canvas: Canvas, look: Look) -> None:
    x, y = HEAD
    hair = look.hair
    crown = [
        (x - 12.4, y + 2),
        (x - 12.8, y - 7),
        (x - 7, y - 16.4),
        (x + 2, y - 18),
        (x + 10, y - 14.6),
        (x + 13, y - 5.5),
        (x + 10.4, y - 7.6),
        (x + 4, y - 10.4),
        (x - 4, y - 9.2),
        (x - 9.4, y - 4.6),
    ]
    style = look.hair_style
    if style == "bald":
        canvas.blob([(x - 12.4, y + 3), (x - 12.6, y - 5), (x - 9.6, y - 7), (x - 9.4, y + 1)], hair)
        canvas.oval((x + 2.5, y - 11.5), 3.6, 1.6, mix(look.skin, (255, 255, 255), 0.4))
        return
    if style in ("cap", "hat"):
        cloth = look.accent if style == "cap" else mix(look.accent, (60, 44, 36), 0.35)
        canvas.blob([(x - 12.6, y + 3), (x - 12.8, y - 6), (x - 9.6, y - 8), (x - 9.6, y + 1)], hair)
        if style == "cap":
            canvas.blob(
                [(x - 13, y - 6), (x - 10, y - 15), (x + 1, y - 19), (x + 11, y - 15), (x + 13, y - 7), (x, y - 8)],
                cloth,
                edge=0.8,
            )
            canvas.blob([(x + 1, y - 8.4), (x + 12, y - 9), (x + 20, y - 5.6), (x + 12, y - 5)], shade(cloth, 0.8))
        else:
            canvas.box(x - 10, y - 20, x + 11, y - 7, cloth, corner=4.5, edge=0.8)
            canvas.box(x - 10, y - 11.5, x + 11, y - 8, shade(cloth, 0.6))
            canvas.oval((x + 0.5, y - 7.4), 17.5, 2.7, shade(cloth, 0.9), edge=0.7)
        return
    if style == "curls":
        for dx, dy in ((-10, -9), (-5, -13.5), (1, -15), (7, -13), (11, -8.5)):
            canvas.oval((x + dx, y + dy), 5.0, 4.6, hair)
        return
    if style == "quiff":
        crown[2:5] = [(x - 8, y - 16), (x + 1, y - 20), (x + 11.5, y - 20.5)]
    canvas.blob(crown, hair)
    canvas.curve([(x - 7, y - 12), (x - 1, y - 14.6), (x + 5, y - 14)], 1.2, shade(hair, 1.22))
    if style in ("long", "bob"):
        low = 20 if style == "long" else 9
        canvas.blob(
            [
                (x - 13, y - 6),
                (x - 9.6, y - 6),
                (x - 10.4, y + 4),
                (x - 11, y + low),
                (x - 14.6, y + low - 1),
                (x - 14.4, y + 4),
            ],
            hair,
        )
        canvas.blob(
            [
                (x + 13.4, y - 6),
                (x + 11.4, y - 5),
                (x + 12, y + 4),
                (x + 12, y + low),
                (x + 15, y + low - 2),
                (x + 14.8, y + 4),
            ],
            hair,
        )
