"""Vector drawing for the players of mini: Pillow at four times the size, then averaged down.

Coordinates are in picture pixels at scale 1, x to the right, y downwards, the origin at the middle of the lower edge:
a figure stands on ``y = 0`` and reaches up to negative ``y``.
"""

from collections.abc import Iterable, Sequence
from math import atan2, cos, hypot, pi, sin

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]

SUPERSAMPLE = 4  # Pillow draws without anti-aliasing; averaging 4 x 4 gives seventeen levels of coverage
CURVE_STEPS = 6  # straight pieces between two given points of a curve: under half a pixel of error at these sizes


def shade(colour: Colour, factor: float) -> Colour:
    """A darker (factor below 1) or lighter (above 1: towards white) version of a colour.

    Args:
        colour: red, green, blue, 0 to 255.
        factor: 0 (black) to 2 (white).

    Returns:
        Red, green, blue, 0 to 255.
    """
    if factor <= 1.0:
        return _rgb(channel * factor for channel in colour)
    return _rgb(channel + (255 - channel) * (factor - 1.0) for channel in colour)


def mix(first: Colour, second: Colour, part: float) -> Colour:
    """The colour ``part`` of the way from the first to the second.

    Args:
        first: red, green, blue, 0 to 255.
        second: the same.
        part: 0 (first) to 1 (second).

    Returns:
        Red, green, blue, 0 to 255.
    """
    return _rgb(a + (b - a) * part for a, b in zip(first, second, strict=True))


def _rgb(channels: Iterable[float]) -> Colour:
    red, green, blue = (round(min(255.0, max(0.0, channel))) for channel in channels)
    return red, green, blue


def smooth(points: Sequence[Point], *, closed: bool) -> list[Point]:
    """A Catmull-Rom curve through points.

    Args:
        points: at least three.
        closed: whether the last point is joined to the first.

    Returns:
        The corners of a polygon close to the curve.
    """
    count = len(points)
    spans = count if closed else count - 1
    curve: list[Point] = []
    for i in range(spans):
        if closed:
            p0, p1, p2, p3 = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for step in range(CURVE_STEPS):
            t = step / CURVE_STEPS
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    if not closed:
        curve.append(points[-1])
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


class Canvas:
    """A transparent sheet to draw one figure, or one room, on."""

    def __init__(
        self, width_px: int, height_px: int, scale: float = 1.0, shift: float = 0.0, supersample: int = SUPERSAMPLE
    ) -> None:
        """Make an empty sheet.

        Args:
            width_px: width of the finished sprite.
            height_px: its height.
            scale: size of the figure; 1 is an average adult of 150 px.
            shift: moves everything drawn to the right, in px at scale 1.
            supersample: how many times finer the drawing is than the finished sprite.
        """
        size = (width_px * supersample, height_px * supersample)
        self._supersample = supersample
        self._image = Image.new("RGBA", size, (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self._image)
        self._unit = supersample * scale
        self._origin = (size[0] / 2 + shift * self._unit, float(size[1]))

    def finish(self) -> Image.Image:
        """The drawing at its final size.

        Returns:
            An RGBA picture, ``width_px`` by ``height_px``.
        """
        return self._image.reduce(self._supersample)

    def _at(self, point: Point) -> Point:
        return self._origin[0] + point[0] * self._unit, self._origin[1] + point[1] * self._unit

    def shape(self, points: Sequence[Point], fill: Colour, edge: float = 0.0) -> None:
        """A filled polygon.

        Args:
            points: its corners.
            fill: colour.
            edge: width of an outline in a darker shade, 0 for none.
        """
        corners = [self._at(point) for point in points]
        self._draw.polygon(corners, fill=fill)
        if edge:
            width = max(1, round(edge * self._unit))
            self._draw.line([*corners, corners[0], corners[1]], fill=shade(fill, 0.55), width=width, joint="curve")

    def blob(self, points: Sequence[Point], fill: Colour, edge: float = 0.0) -> None:
        """A filled smooth closed curve through points; arguments as in ``shape``."""
        self.shape(smooth(points, closed=True), fill, edge)

    def oval(
        self, centre: Point, radius_x: float, radius_y: float, fill: Colour, *, turn: float = 0.0, edge: float = 0.0
    ) -> None:
        """A filled ellipse.

        Args:
            centre: its middle.
            radius_x: half its width.
            radius_y: half its height.
            fill: colour.
            turn: rotation in radians, clockwise as seen.
            edge: width of an outline in a darker shade, 0 for none.
        """
        if turn:
            corners = []
            for k in range(28):
                x, y = radius_x * cos(k * pi / 14), radius_y * sin(k * pi / 14)
                corners.append((centre[0] + x * cos(turn) - y * sin(turn), centre[1] + x * sin(turn) + y * cos(turn)))
            self.shape(corners, fill, edge)
            return
        (left, top), (right, bottom) = (
            self._at((centre[0] + sign * radius_x, centre[1] + sign * radius_y)) for sign in (-1, 1)
        )
        outline = shade(fill, 0.55) if edge else None
        self._draw.ellipse(
            (left, top, right, bottom), fill=fill, outline=outline, width=max(1, round(edge * self._unit))
        )

    def line(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        """A line with round ends and corners.

        Args:
            points: at least two.
            width: in px at scale 1.
            fill: colour.
        """
        corners = [self._at(point) for point in points]
        thick = max(1, round(width * self._unit))
        self._draw.line(corners, fill=fill, width=thick, joint="curve")
        radius = width * self._unit / 2
        for x, y in (corners[0], corners[-1]):
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)

    def curve(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        """A smooth open curve through points; arguments as in ``line``."""
        self.line(smooth(points, closed=False), width, fill)

    def limb(self, start: Point, end: Point, width_start: float, width_end: float, fill: Colour) -> None:
        """A tapering stroke with round ends.

        Args:
            start: one end.
            end: the other end.
            width_start: width at the start, px at scale 1.
            width_end: width at the end.
            fill: colour.
        """
        length = hypot(end[0] - start[0], end[1] - start[1])
        if length > 0:
            across = (-(end[1] - start[1]) / length / 2, (end[0] - start[0]) / length / 2)
            self.shape(
                [
                    (start[0] + across[0] * width_start, start[1] + across[1] * width_start),
                    (end[0] + across[0] * width_end, end[1] + across[1] * width_end),
                    (end[0] - across[0] * width_end, end[1] - across[1] * width_end),
                    (start[0] - across[0] * width_start, start[1] - across[1] * width_start),
                ],
                fill,
            )
        self.oval(start, width_start / 2, width_start / 2, fill)
        self.oval(end, width_end / 2, width_end / 2, fill)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill: Colour,
        *,
        corner: float = 0.0,
        edge: float = 0.0,
    ) -> None:
        """A filled rectangle with rounded corners.

        Args:
            left: x of its left side.
            top: y of its upper side.
            right: x of its right side.
            bottom: y of its lower side.
            fill: colour.
            corner: radius of its corners.
            edge: width of an outline in a darker shade, 0 for none.
        """
        (x0, y0), (x1, y1) = self._at((left, top)), self._at((right, bottom))
        outline = shade(fill, 0.55) if edge else None
        self._draw.rounded_rectangle(
            (x0, y0, x1, y1), corner * self._unit, fill=fill, outline=outline, width=max(1, round(edge * self._unit))
        )


def along(start: Point, end: Point, part: float) -> Point:
    """The point ``part`` of the way from start to end (may lie beyond either)."""
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def turned(point: Point, angle: float, about: Point = (0.0, 0.0)) -> Point:
    """A point turned about another by an angle in radians, clockwise as seen."""
    x, y = point[0] - about[0], point[1] - about[1]
    return about[0] + x * cos(angle) - y * sin(angle), about[1] + x * sin(angle) + y * cos(angle)


def direction(start: Point, end: Point) -> float:
    """The angle of the line from start to end, in radians, clockwise as seen from the x axis."""
    return atan2(end[1] - start[1], end[0] - start[0])
