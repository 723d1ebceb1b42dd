"""Texts of strangers as one harmless line, and numbers as the tables write them."""


def one_line(text: str) -> str:
    """Return text without line breaks, control characters and marks that turn the direction of writing."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def number(value: float | None) -> str:
    """Four significant digits, or a dash."""
    return "–" if value is None else f"{value:.4g}"


def standard_error(value: float) -> str:
    """Two significant digits; from 100 on whole numbers, not a power of ten."""
    return f"{value:.0f}" if value >= 99.5 else f"{value:.2g}"
