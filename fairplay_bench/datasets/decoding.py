"""The decoder that the user's head and choice of decoder make, and what it is called in the record."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fairplay_bench.media.files import sha256_of

if TYPE_CHECKING:
    from hrtf.decoder import Decoder

AMBISONIC_RATE = 48_000  # Hz, of the 360° sets and of everything decoded


@dataclass(frozen=True)
class ChosenDecoder:
    """A decoder and the head it was made for.

    Attributes:
        decoder: from ambisonics to two ears.
        hrtf: name of the head and, of a file, its SHA-256.
    """

    decoder: "Decoder"
    hrtf: dict[str, str]


def named_decoder(hrtf: str, decoder: str, rate: int) -> ChosenDecoder:
    """Make a decoder.

    Args:
        hrtf: a name of the catalogue or a SOFA file.
        decoder: name of the decoder with its version.
        rate: of the signals to decode, Hz.

    Returns:
        The decoder and the record of its head.

    Raises:
        HrtfError: if the head or the decoder is not known or cannot be used.
    """
    from hrtf.catalogue import load_head
    from hrtf.decoders import make_decoder

    head = load_head(hrtf)
    record = {"name": head.name}
    if Path(hrtf).is_file():
        record["sha256"] = sha256_of([Path(hrtf)])
    return ChosenDecoder(make_decoder(decoder, head, rate), record)
