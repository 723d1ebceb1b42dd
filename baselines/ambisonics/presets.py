"""The recipes of this method.

References:
    Morgado, Vasconcelos, Langlois and Wang, NeurIPS 2018, section 5, and its released code (``paper``).
"""

from dataclasses import dataclass, replace

from baselines.ambisonics.network import NetworkSize
from fairplay_bench.training.presets import Preset


@dataclass(frozen=True, slots=True)
class AmbisonicsPreset(Preset):
    """A recipe that counts steps, not passes over the clips.

    ``draws`` are the chunks of a visit to a clip.

    Attributes:
        chunks: in a pass, however many clips there are; 0 for one visit to each clip.
    """

    chunks: int = 0


PAPER = AmbisonicsPreset(
    name="paper",
    epochs=150,  # of 1,000 steps
    draws=5,
    batch=32,
    rate=1e-4,
    pretrained_rate=1e-4,
    weight_decay=0.0,
    schedule="steps",
    decay=0.5,
    decay_epochs=250,
    validation_segments=10,
    validate_epochs=5,
    half="all",
    pretrained=True,
    chunks=32_000,
)
SMALL = replace(
    PAPER,
    name="small",
    epochs=8,  # of 50 steps
    batch=16,
    rate=2e-3,
    pretrained_rate=2e-3,
    schedule="cosine",
    validate_epochs=2,
    pretrained=False,
    chunks=800,
)
PRESETS = {preset.name: preset for preset in (PAPER, SMALL)}
SIZES = {
    "paper": NetworkSize(),
    "small": NetworkSize(
        audio_width=8,
        audio_code=128,
        visual_width=16,
        cell=32,
        visual_code=128,
        hidden=128,
        sources=8,
        picture=(112, 224),
    ),
}
