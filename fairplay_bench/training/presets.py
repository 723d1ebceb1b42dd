"""The recipes of a training, as frozen data.

References:
    Gao and Grauman, 2.5D Visual Sound, CVPR 2019, section 5, and its released code (``paper``).
"""

from dataclasses import dataclass
from typing import Literal

Half = Literal["first", "second", "all"]
HALVES: tuple[Half, ...] = ("first", "second", "all")


@dataclass(frozen=True, slots=True)
class Variation:
    """How training examples are varied; see the attributes of :class:`Preset` of these names."""

    crop: bool = True
    cutout: bool = False
    mirrored: bool = False
    pan: float = 0.0


CROPPED = Variation()  # as the paper has it


@dataclass(frozen=True, slots=True)
class Preset:
    """How a network is trained; which network a preset means is the method's affair.

    Attributes:
        name: its name.
        epochs: passes over the training clips.
        draws: segments of each clip in a pass.
        batch: segments of a step, over all processes.
        rate: learning rate.
        pretrained_rate: that of the parts that start from other weights.
        other_rates: those of a method's further groups of parameters, by name.
        weight_decay: of Adam.
        schedule: ``"steps"`` lowers the rates by ``decay`` every ``decay_epochs``; ``"cosine"`` warms up over the
            first twentieth and then falls to zero over the training.
        decay: factor of ``"steps"``.
        decay_epochs: passes between two of them.
        validation_segments: fixed segments of each validation clip.
        validate_epochs: passes between two validations.
        half: which half of the training clips, by name, is trained on.
        pretrained: whether the visual branch starts from ImageNet.
        crop: whether pictures are cropped at random. What is seen shifts by up to a fifteenth of the picture while
            what is heard stays, so that the direction of a sound is known to a few degrees only.
        cutout: whether squares of the picture's mean colour cover a part of it, so that nothing is known by one
            detail alone.
        mirrored: of segments of recordings and of pairs of clips to part, whether half of them are mirrored, picture
            and ears together.
        pan: of the same, by how much of its width a picture is turned sideways at most, what leaves it on one side
            coming in on the other, while what is heard stays. It teaches what a source looks like, wherever it is
            seen, and unteaches where it is.
    """

    name: str
    epochs: int
    draws: int
    batch: int
    rate: float
    pretrained_rate: float
    weight_decay: float
    schedule: Literal["steps", "cosine"]
    decay: float
    decay_epochs: int
    validation_segments: int
    validate_epochs: int
    half: Half
    pretrained: bool
    crop: bool = True
    cutout: bool = False
    mirrored: bool = False
    pan: float = 0.0
    other_rates: tuple[tuple[str, float], ...] = ()

    @property
    def variation(self) -> Variation:
        """How its examples are varied."""
        return Variation(self.crop, self.cutout, self.mirrored, self.pan)


PAPER = Preset(
    name="paper",
    epochs=1000,
    draws=1,
    batch=256,
    rate=1e-3,
    pretrained_rate=1e-4,
    weight_decay=5e-4,
    schedule="steps",
    decay=0.94,
    decay_epochs=10,
    validation_segments=10,
    validate_epochs=10,
    half="first",
    pretrained=True,
)
SMALL = Preset(
    name="small",
    epochs=12,
    draws=10,
    batch=32,
    rate=2e-3,
    pretrained_rate=2e-3,
    weight_decay=1e-4,
    schedule="cosine",
    decay=1.0,
    decay_epochs=1,
    validation_segments=10,
    validate_epochs=2,
    half="all",
    pretrained=False,
    crop=False,
)
PRESETS = {preset.name: preset for preset in (PAPER, SMALL)}
