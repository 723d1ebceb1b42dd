"""Everything this package refuses, each as one line that says what, where and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class HrtfError(Exception):
    """Base of every expected error of this package."""


class ShapeError(HrtfError):
    """An array has the wrong shape, or values that are not finite."""


class RateMismatchError(HrtfError):
    """A signal and an HRIR set or decoder have different sample rates."""

    def __init__(self, thing: str, thing_rate: int, signal_rate: int) -> None:
        super().__init__(
            f"{thing} is at {thing_rate} Hz but the signal at {signal_rate} Hz: resample one of them first "
            f"(HrirSet.resampled({signal_rate}) converts a set)"
        )


class DirectionError(HrtfError):
    """A direction is too far from every measured one, or not a direction at all."""


class SofaError(HrtfError):
    """A SOFA file cannot be read as a set of head-related impulse responses."""


class ConventionError(SofaError):
    """A valid SOFA file holds something other than free-field HRIRs."""


class AmbisonicsError(HrtfError):
    """An ambisonic order, channel count, channel order or weight makes no sense."""


class DecoderError(HrtfError):
    """A decoder cannot be made for this head or used for this signal."""


class DownloadError(HrtfError):
    """A file could not be fetched, or is not the file that was expected."""


class UnknownNameError(HrtfError):
    """A name is not in its table; the message lists the names that are."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        close = get_close_matches(name, names, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "."
        super().__init__(f"unknown {kind} {name!r}{hint} Known: {', '.join(names)}")
