"""Training with a part of the recordings: how much do they add?

References:
    Xu et al., Visually Informed Binaural Audio Generation without Binaural Audios, CVPR 2021, supplement: training
    with a part of FAIR-Play's recordings.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

from fairplay_bench.errors import OptionError
from fairplay_bench.records import ClipId
from fairplay_bench.training.interface import Examples, Material, Setting

BINAURAL_SHARE = Setting(
    "binaural-share", float, 1.0, "Part of the training recordings that is used, chosen by a hash of their names."
)


def share_of(clips: Sequence[ClipId], share: float) -> list[ClipId]:
    """A part of the clips: those whose names have the smallest SHA-256, so that a smaller part lies in a larger one.

    Args:
        clips: all of them.
        share: more than 0, at most 1.

    Returns:
        The nearest number of clips, at least one, in their order.

    Raises:
        OptionError: if there is no such part.
    """
    if not 0 < share <= 1:
        raise OptionError(f"--{BINAURAL_SHARE.name} {share:g}: give a part, more than 0 and at most 1.")
    count = max(1, round(share * len(clips)))
    chosen = set(sorted(clips, key=lambda clip: sha256(clip.encode()).hexdigest())[:count])
    return [clip for clip in clips if clip in chosen]


def with_share(examples: Callable[[Material], Examples], share: float) -> Callable[[Material], Examples]:
    """Return what makes the same examples from a part of the training clips; all validation clips stay.

    Raises:
        OptionError: if there is no such part; said at once.
    """
    share_of([""], share)
    return lambda material: examples(replace(material, training=share_of(material.training, share)))
