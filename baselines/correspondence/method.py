"""Its training, ``train --model audio-visual-correspondence``, and its finished runs.

Other trainings do it first: L2BNet's where ``--teacher correspondence`` is given, Mix-and-Separate's where there are no
weights of ImageNet. It hears the mono of recordings alone. Its visual branch, ``visual.pth``, knows sources by their
looks, and may start that of another network.
"""

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from baselines.correspondence.network import Correspondence
from baselines.mono2binaural.method import SIZES
from baselines.mono2binaural.network import NetworkSize
from baselines.mono2binaural.weights import load_imagenet, load_tensors, save_branches, size_of
from fairplay_bench.dsp.masks import SEGMENT_SAMPLES
from fairplay_bench.records import ModelCard
from fairplay_bench.training import presets
from fairplay_bench.training.interface import Setting, Start, Training
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.run_folder import RunDescription
from fairplay_bench.training.segments import segment_examples
from fairplay_bench.training.stages import finished_run

NAME = "audio-visual-correspondence"  # after --model
CORRESPONDENCE = Setting("correspondence", Path, None, f"A finished run of {NAME}; else it is trained first.")
PAPER = "ours, after Arandjelović and Zisserman, Objects that Sound, ECCV 2018"
_FILE = "correspondence.pth"
PRESETS: dict[str, Preset] = {
    "paper": replace(presets.PAPER, epochs=100, draws=10, batch=128, half="all"),
    "small": replace(presets.SMALL, epochs=9, validate_epochs=3, rate=3e-3, mirrored=True, pan=0.25),
}


class AudioVisualCorrespondence:
    """The network of audio-visual correspondence, to be trained; it is no method of its own."""

    presets: ClassVar[dict[str, Preset]] = PRESETS

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a recipe."""
        network = Correspondence(SIZES[preset.name])
        origin = load_imagenet(network, start.file) if start.pretrained else "from chance"
        stages = list(network.visual.stages.parameters()) if start.pretrained else []
        elsewhere = {id(one) for one in stages}
        return Training(
            network=network,
            groups={
                "new": [one for one in network.parameters() if id(one) not in elsewhere],
                "pretrained": stages,
            },
            examples=segment_examples(network.size.picture, SEGMENT_SAMPLES),
            described=asdict(network.size),
            card=ModelCard(name="Audio-visual correspondence", version=f"1-{preset.name}", paper=PAPER),
            save=partial(save_branches, {_FILE: network, "visual.pth": network.visual}),
            start=origin,
        )


def correspondence_run(folder: Path) -> RunDescription:
    """What a finished run says of itself.

    Raises:
        OptionError: if the folder is no finished run of this network.
    """
    return finished_run(folder, CORRESPONDENCE.name, NAME)


def load_correspondence(folder: Path) -> tuple[Correspondence, ModelCard]:
    """Load a trained network, in eval mode, and its card.

    Raises:
        OptionError: if the folder is no finished run of one.
        WeightsError: if its weights cannot be read.
    """
    run = correspondence_run(folder)
    network = Correspondence(size_of(run.network, folder, NetworkSize))
    load_tensors(network, folder / _FILE)
    return network.eval(), run.card
