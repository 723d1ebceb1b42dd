"""The small frozen records everybody names: identities, the card of a method, the evaluation protocols.

A protocol is named and versioned; a result carries its name and tables never mix two. The table is
:data:`PROTOCOLS`; :func:`named_protocol` looks one up.

References:
    Gao and Grauman, 2.5D Visual Sound, CVPR 2019 (``gao2019``: its released scripts).
    Xu et al., Visually Informed Binaural Audio Generation without Binaural Audios, CVPR 2021 (``xu2021``).
"""

import re
from dataclasses import dataclass
from typing import Literal

from fairplay_bench.errors import DatasetError, UnknownNameError

ClipId = str
Subset = Literal["train", "val", "test"]
SUBSETS: tuple[Subset, ...] = ("train", "val", "test")

Condition = Literal["mono", "mono-mono", "predicted-binaural", "binaural"]
CONDITIONS: tuple[Condition, ...] = ("mono", "mono-mono", "predicted-binaural", "binaural")
"""What separation hears of a clip: the mono, the mono doubled, two predicted ears, or the recorded ones."""

SAMPLE_RATE = 16_000  # Hz, of every prepared sound and every score
FRAMES_PER_S = 10  # pictures a second of a prepared clip, counted from 1
FRAME_WIDTH, FRAME_HEIGHT = 480, 240
WINDOWS_AT_ONCE = 32  # of a prediction, unless told; more are no faster on two cores and need more memory

_UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f\ud800-\udfff]")  # separators, control characters, no Unicode


def check_clip_id(name: str, where: str) -> ClipId:
    """Return ``name`` if it can safely name a file inside a data set.

    Args:
        name: the candidate, usually the stem of a file or of a split entry.
        where: where it was found, for the message.

    Returns:
        The same text.

    Raises:
        DatasetError: if it is empty, hidden, too long, or holds a path separator or control character.
    """
    if not name or name.startswith(".") or _UNSAFE.search(name) or len(name.encode()) > 200:
        raise DatasetError(f"{where}: {name[:80]!r} cannot name a clip; rename it to letters, digits, '_' and '-'.")
    return name


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """What a method has seen: the clips of some subsets of one split.

    Attributes:
        dataset: name of the data set.
        split_set: name of the split set.
        split: number of the split.
        subsets: the subsets used.
        clip_ids: the clips, when fewer than the whole subsets; empty means all of them.
    """

    dataset: str
    split_set: str
    split: int
    subsets: tuple[Subset, ...]
    clip_ids: tuple[ClipId, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Who a method is, shown beside its scores.

    Attributes:
        name: name of the row in the tables.
        version: version of the method.
        paper: reference, free text.
        url: where to find it, http or https.
        weights_sha256: hash of the trained weights, where there are any.
        trained_on: what the weights have seen.
        kind: ``"check"`` marks a sanity row that needs the target and is no method.
    """

    name: str
    version: str = "1"
    paper: str = ""
    url: str = ""
    weights_sha256: str | None = None
    trained_on: tuple[TrainedOn, ...] = ()
    kind: Literal["method", "check"] = "method"


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way to window, normalise and score; frozen, because published numbers hang on it.

    Attributes:
        name: name and version in one, such as ``"v1"``.
        source: where it comes from.
        level_of: whose RMS scales a window before the network: ``"sum"`` of the ears (known from the mono), or
            ``"target-ears"``, which tells the level of the target and is an oracle.
        hop_s: distance of the windows, seconds.
        inverse_n_fft: points of the inverse transform of a predicted difference spectrogram.
        metrics: keys of the metrics, in the order of the tables.
        split_sets: the split set of each data set where it is not the data set's own.
        normalize: whether both signals are divided by their own joint peak before scoring.
        window_level: the RMS that a window is scaled to before the network.
    """

    name: str
    source: str
    level_of: Literal["sum", "target-ears"]
    hop_s: float
    inverse_n_fft: Literal[510, 512]
    metrics: tuple[str, ...]
    split_sets: tuple[tuple[str, str], ...] = ()
    normalize: bool = True
    window_level: float = 0.1

    @property
    def oracle_level(self) -> bool:
        """Whether a method is told the level of the very sound it has to predict."""
        return self.level_of == "target-ears"

    def split_set_of(self, dataset: str) -> str | None:
        """Return the protocol's own split set for a data set, or None to take the data set's default."""
        return dict(self.split_sets).get(dataset)


GAO2019 = Protocol(
    name="gao2019",
    source="2.5D Visual Sound, released scripts",
    level_of="target-ears",
    hop_s=0.05,
    inverse_n_fft=510,
    metrics=("stft", "env"),
    split_sets=(("fair-play", "gao2019"),),
)
XU2021 = Protocol(
    name="xu2021",
    source="PseudoBinaural, released scripts",
    level_of="sum",
    hop_s=0.1,
    inverse_n_fft=510,
    metrics=("stft", "env", "mag", "phase", "snr"),
    split_sets=(("fair-play", "xu2021"),),
)
V1 = Protocol(
    name="v1",
    source="fairplay-bench",
    level_of="sum",
    hop_s=0.05,
    inverse_n_fft=512,
    metrics=("stft", "env", "phase", "snr", "wav", "ild", "itd", "stft_raw", "env_raw"),
    split_sets=(("fair-play", "gao2019"),),
)

PROTOCOLS = {p.name: p for p in (V1, GAO2019, XU2021)}
DEFAULT_PROTOCOL = V1.name


def named_protocol(name: str) -> Protocol:
    """Return the protocol of that name.

    Raises:
        UnknownNameError: if there is none.
    """
    if name not in PROTOCOLS:
        raise UnknownNameError("protocol", name, PROTOCOLS)
    return PROTOCOLS[name]
