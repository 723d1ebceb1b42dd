"""The index of a prepared data set: a row a clip, and the hash by which users compare theirs."""

from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path

from fairplay_bench.media.files import written_whole
from fairplay_bench.records import ClipId, Subset

INDEX_FILE, SPLITS_FILE, DATASET_FILE = "index.parquet", "splits.parquet", "dataset.json"
DECODER_FILE = "decoder.npy"  # filters (2, channels, taps) that ambisonic sound was decoded with
FORMAT_VERSION = 1  # of the folder as a whole


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One prepared clip.

    Attributes:
        clip_id: name of the clip.
        video_id: the recording it was cut from; the clip itself where every recording is one clip.
        start_s: where it starts in that recording, seconds.
        duration_s: its length, seconds.
        n_samples: its length at 16 kHz.
        n_frames: number of its frames.
        audio: its sound, relative to the data set.
        frames: the folder of its frames, relative to the data set.
        source_sha256: hash of the source's bytes (sound, then picture, where they are two files).
        audio_sha256: hash of the sound file.
        frames_sha256: hash of the frames' bytes in order.
        ambisonics: its first-order sound, relative to the data set; empty where there is none.
        ambisonic_channels: which of its channels were recorded, in order: ``"WYZX"``, or ``"WYX"`` where Z is only
            silence put in the place of a height that nobody recorded; empty where there is no such sound.
        ambisonics_sha256: hash of that file; empty where there is none.
    """

    clip_id: ClipId
    video_id: str
    start_s: float
    duration_s: float
    n_samples: int
    n_frames: int
    audio: str
    frames: str
    source_sha256: str
    audio_sha256: str
    frames_sha256: str
    ambisonics: str = ""
    ambisonic_channels: str = ""
    ambisonics_sha256: str = ""


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One clip of one subset of one split."""

    split_set: str
    split: int
    subset: Subset
    clip_id: ClipId


def columns_of(rows: Iterable[IndexRow | SplitRow], kind: type) -> list[str]:
    """Columns that a table of these rows has: those that may be empty are left out where every row's is.

    So data sets without ambisonic sound keep the plain index.
    """
    listed: list[IndexRow | SplitRow] = list(rows)
    return [
        field.name
        for field in fields(kind)
        if field.default is MISSING or any(getattr(row, field.name) != field.default for row in listed)
    ]


def index_hash(rows: Iterable[IndexRow]) -> str:
    r"""Identity of a prepared data set, the same on every machine and with every library version.

    Args:
        rows: the index, in any order.

    Returns:
        SHA-256, hexadecimal, of the sorted lines ``clip_id,source_sha256,start_s,n_samples``, each ended by ``\n``.
    """
    lines = sorted(f"{row.clip_id},{row.source_sha256},{row.start_s},{row.n_samples}\n" for row in rows)
    return sha256("".join(lines).encode()).hexdigest()


def splits_hash(rows: Iterable[SplitRow]) -> str:
    r"""SHA-256, hexadecimal, of the sorted lines ``split_set,split,subset,clip_id``, each ended by ``\n``."""
    lines = sorted(f"{row.split_set},{row.split},{row.subset},{row.clip_id}\n" for row in rows)
    return sha256("".join(lines).encode()).hexdigest()


def write_table(path: Path, rows: Iterable[IndexRow] | Iterable[SplitRow], kind: type) -> None:
    """Write rows as a Parquet file with the columns of :func:`columns_of`, whole or not at all."""
    import pandas as pd

    listed: list[IndexRow | SplitRow] = list(rows)
    table = pd.DataFrame([asdict(row) for row in listed], columns=columns_of(listed, kind))
    integers = [field.name for field in fields(kind) if field.type is int]
    with written_whole(path) as temporary:
        table.astype(dict.fromkeys(integers, "int64")).to_parquet(temporary, index=False)
