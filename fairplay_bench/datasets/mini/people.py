"""The people of mini below the neck: clothes, arms and legs, drawn in the frame of the figure (see ``canvas``)."""

from math import acos, cos, hypot, sin

from fairplay_bench.datasets.mini.canvas import Canvas, Point, along, direction, mix, shade
from fairplay_bench.datasets.mini.looks import Look

SHOULDER_X = 15.5
SHOULDER_Y = -103.0
ARM = 21.0  # length of the upper arm, and of the forearm
SHORT_ARM = 14.5  # the same, seen foreshortened when the hand is near the shoulder
HIP_Y = -62.0

STRIDE: tuple[Point, ...] = ((0.0, 0.0), (6.0, -6.0), (0.0, 0.0), (-6.0, 6.0))  # x of the two feet in each walking step
LIFT: tuple[Point, ...] = ((0.0, 0.0), (1.5, 0.0), (2.5, 0.0), (0.0, 1.5))


def draw_legs(canvas: Canvas, look: Look, step: int) -> None:
    """Both legs and what covers them.

    Args:
        canvas: what to draw on.
        look: who.
        step: 0 to 3, the walking step; 0 stands.
    """
    for side, reach, lift in zip((-1, 1), STRIDE[step], LIFT[step], strict=True):
        hip, foot = (side * 6.5, HIP_Y + 2), (side * 8.5 + reach, -5.0 - lift)
        knee = (along(hip, foot, 0.5)[0] + 1.5, along(hip, foot, 0.5)[1])
        bare = look.leg_style != "trousers"
        fill = look.skin if bare else look.legs
        for start, end, wide, narrow in ((hip, knee, 12.5, 10.5), (knee, foot, 10.5, 8.5)):
            canvas.limb(start, end, wide + 1.6, narrow + 1.6, shade(fill, 0.6))
        for start, end, wide, narrow in ((hip, knee, 12.5, 10.5), (knee, foot, 10.5, 8.5)):
            canvas.limb(start, end, wide, narrow, shade(fill, 0.9) if side < 0 else fill)
        if look.leg_style == "shorts":
            canvas.limb(hip, along(hip, knee, 0.85), 14.5, 14.0, shade(look.legs, 0.9) if side < 0 else look.legs)
        ankle_x, sole = foot[0] + 2.2, -1.0 - lift
        canvas.blob(
            [
                (ankle_x - 7, sole),
                (ankle_x - 6.5, sole - 6),
                (ankle_x + 1, sole - 7.5),
                (ankle_x + 8.5, sole - 3.5),
                (ankle_x + 9, sole),
            ],
            look.shoes,
            edge=0.7,
        )
    if look.leg_style == "skirt":
        hem = STRIDE[step][0] * 0.4
        canvas.blob(
            [
                (-11, HIP_Y - 8),
                (11, HIP_Y - 8),
                (17, HIP_Y + 16),
                (21 + hem, HIP_Y + 32),
                (0, HIP_Y + 35),
                (-21 + hem, HIP_Y + 32),
                (-17, HIP_Y + 16),
            ],
            look.legs,
            edge=0.8,
        )
        for x in (-8.0, 0.0, 8.0):
            canvas.line([(x * 0.7, HIP_Y + 4), (x * 1.4 + hem, HIP_Y + 30)], 0.9, shade(look.legs, 0.82))


def draw_torso(canvas: Canvas, look: Look) -> None:
    """Neck, trunk and what is worn on it."""
    for widen, tone in ((1.6, 0.55), (0.0, 0.86)):
        canvas.limb((0.5, -118), (0.5, -106), 9.5 + widen, 10.5 + widen, shade(look.skin, tone))
    trunk = [
        (-8, -109),
        (8, -109),
        (18, -104),
        (17.5, -92),
        (14, -76),
        (13.5, -60),
        (0, -58),
        (-13.5, -60),
        (-14, -76),
        (-17.5, -92),
        (-18, -104),
    ]
    canvas.blob(trunk, look.top, edge=0.9)
    canvas.blob(
        [(-17, -103), (-11, -100), (-9, -80), (-9.5, -60.5), (-13, -60.5), (-13.6, -76), (-17, -92)],
        shade(look.top, 0.88),
    )
    if look.top_style == "stripes":
        for y in (-98.0, -90.0, -82.0, -74.0, -66.0):
            half = 16.2 if y < -88 else 13.6
            canvas.line([(-half, y), (half, y)], 3.0, look.accent)
    elif look.top_style == "suit":
        canvas.shape([(-6, -108.5), (7, -108.5), (1, -84)], (240, 240, 238))
        canvas.shape([(-1.2, -107), (2.4, -107), (3.6, -88), (0.8, -84), (-2, -88)], look.accent)
        canvas.line([(1, -84), (1, -61)], 0.9, shade(look.top, 0.6))
    elif look.top_style == "vest":
        canvas.blob(
            [
                (-13, -105),
                (-6, -100),
                (0, -90),
                (6, -100),
                (13, -105),
                (14, -90),
                (13, -62),
                (0, -57),
                (-13, -62),
                (-14, -90),
            ],
            look.accent,
            edge=0.6,
        )
        for y in (-84.0, -77.0, -70.0):
            canvas.oval((0.5, y), 1.0, 1.0, (236, 214, 140))
    elif look.top_style == "hoodie":
        canvas.blob([(-10, -109), (0, -102), (10, -109), (12, -103), (0, -96), (-12, -103)], shade(look.top, 0.8))
        canvas.box(-9, -78, 9, -65, shade(look.top, 0.86), corner=3)
        canvas.line([(-3, -101), (-3.5, -92)], 0.9, look.accent)
        canvas.line([(4, -101), (4.5, -92)], 0.9, look.accent)
    elif look.top_style == "scarf":
        canvas.blob([(-10, -110), (0, -107), (11, -110), (12, -104), (0, -100), (-11, -104)], look.accent, edge=0.5)
        canvas.limb((6, -103), (9, -84), 6, 7, shade(look.accent, 0.9))
    else:
        canvas.curve([(-6.5, -108), (0.5, -103.5), (7.5, -108)], 1.6, look.accent)


def draw_arm(canvas: Canvas, look: Look, side: int, hand: Point) -> None:
    """One arm, its elbow bent downwards and outwards so that the hand is where it is wanted.

    Args:
        canvas: what to draw on.
        look: who.
        side: -1 for the arm on the left of the picture, 1 for the other.
        hand: where the hand goes; out of reach, the arm is stretched towards it, close by, it is foreshortened.
    """
    shoulder = (side * SHOULDER_X, SHOULDER_Y)
    distance = hypot(hand[0] - shoulder[0], hand[1] - shoulder[1])
    if distance > 2 * ARM:
        hand, distance = along(shoulder, hand, 2 * ARM / distance), 2 * ARM
    length = min(ARM, max(SHORT_ARM, 0.66 * distance))
    bend = acos(min(1.0, distance / (2 * length)))
    angle = direction(shoulder, hand)
    elbows = [
        (shoulder[0] + length * cos(angle + turn), shoulder[1] + length * sin(angle + turn)) for turn in (bend, -bend)
    ]
    elbow = max(elbows, key=lambda point: point[1] + 0.6 * side * point[0])
    sleeve = look.top if look.top_style not in ("vest",) else mix(look.top, (255, 255, 255), 0.15)
    cuff = along(elbow, hand, 0.78)
    canvas.limb(shoulder, elbow, 11.8, 10.2, shade(sleeve, 0.55))
    canvas.limb(elbow, cuff, 10.2, 8.6, shade(sleeve, 0.55))
    canvas.oval(hand, 5.0, 5.0, shade(look.skin, 0.65))
    canvas.limb(cuff, hand, 6.0, 6.0, look.skin)
    canvas.oval(hand, 4.3, 4.3, look.skin)
    canvas.limb(shoulder, elbow, 10.2, 8.8, sleeve)
    canvas.limb(elbow, cuff, 8.8, 7.2, sleeve)
    if look.top_style == "suit":
        canvas.limb(along(elbow, hand, 0.74), cuff, 7.2, 7.0, (240, 240, 238))
