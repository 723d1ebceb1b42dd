"""Mix-and-Separate as a method: trained weights in, the mixture of two clips parted."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from baselines.correspondence import method as correspondence
from baselines.correspondence.method import CORRESPONDENCE, correspondence_run
from baselines.mix_and_separate import binauralizers
from baselines.mix_and_separate.examples import pair_examples
from baselines.mix_and_separate.network import MixAndSeparateNet, NetworkSize, at_mixture_level
from baselines.mono2binaural.fusing import fused
from baselines.mono2binaural.method import PAPER, URL
from baselines.mono2binaural.weights import card_of_weights, load_imagenet, load_tensors, save_branches
from fairplay_bench.dsp.masks import SEGMENT_SAMPLES, parted
from fairplay_bench.dsp.stft import stft
from fairplay_bench.errors import OptionError, ShapeError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.files import written_whole
from fairplay_bench.models.interface import Binauralizer, Pictures, card_of
from fairplay_bench.models.window_pictures import resized
from fairplay_bench.models.windowed import checked_device
from fairplay_bench.records import CONDITIONS, SAMPLE_RATE, V1, ClipId, Condition, ModelCard
from fairplay_bench.scoring.separation.seen import refuse_seen
from fairplay_bench.scoring.separation.sounds import PredictedEars
from fairplay_bench.training.interface import Material, Setting, Start, Training
from fairplay_bench.training.presets import PAPER as M2B_PAPER
from fairplay_bench.training.presets import SMALL as M2B_SMALL
from fairplay_bench.training.presets import Preset
from fairplay_bench.training.run_folder import RunDescription, read_run
from fairplay_bench.training.stages import Stage

NAME = "mix-and-separate"
SIZES = {
    "paper": NetworkSize(),
    "small": NetworkSize(audio_width=8, visual_width=16, visual_channels=32, picture=(112, 224)),
}
CORRESPOND = Setting(
    "correspond", bool, True, "Without ImageNet, start the visual branch from a network of audio-visual correspondence."
)
_BRANCHES = {"visual.pth": "visual", "audio.pth": "audio"}
_NOT_COPIED = ("last.ckpt", "log")  # of a binauralizer's run: what only its own training needs


class MixAndSeparate:
    """Parts the mixture of two clips by a picture of each.

    Args:
        weights: a run folder.
        device: where it runs, as torch says.

    Raises:
        OptionError: if there is no run there, or no such device.
        WeightsError: if its weights are damaged or of another network.
    """

    presets: Mapping[str, Preset] = {
        "paper": replace(M2B_PAPER, batch=128, half="second"),
        "small": replace(
            M2B_SMALL,
            epochs=24,
            draws=2,
            batch=8,
            rate=3e-3,
            pretrained_rate=1e-4,  # a visual branch that knows the players forgets them at a higher one
            half="second",
            validation_segments=3,
            validate_epochs=4,
            mirrored=True,  # few clips teach more that way, and where players are seen everywhere
            pan=0.25,
        ),
    }
    settings = (
        Setting("condition", str, "binaural", "Which sound of the clips is mixed.", choices=CONDITIONS),
        Setting("binauralizer", str, None, "Of predicted-binaural: the method that makes two ears of the mono."),
        Setting("binauralizer-weights", Path, None, "Its weights, trained with --half first."),
        CORRESPOND,
        CORRESPONDENCE,
    )

    def __init__(self, weights: Path | None, device: str = "cpu") -> None:
        run = None if weights is None else read_run(weights)
        if weights is None or run is None:
            raise OptionError(f"--model {NAME}: needs --weights, a run folder that `train` wrote.")
        self.condition, size, self._binauralizer_name = _described(run, weights)
        network = MixAndSeparateNet(size)
        for file, branch in _BRANCHES.items():
            load_tensors(getattr(network, branch), weights / file)
        self.card = replace(card_of_weights(_card(self.condition), weights, run), version=run.card.version)
        self._weights, self._device, self._size = weights, checked_device(device), size
        self._network = network.eval()

    @cached_property
    def binauralizer(self) -> Binauralizer | None:
        """The method that makes two ears of each clip's mono; None in the other conditions."""
        if self._binauralizer_name is None:
            return None
        return binauralizers.kept(self._binauralizer_name, self._weights, str(self._device))

    @cached_property
    def _ready(self) -> MixAndSeparateNet:
        return fused(self._network).to(self._device)

    def separate(self, mixture: Tensor, sample_rate: int, frames: tuple[Pictures, Pictures]) -> Tensor:
        """Part a mixture, window by window, by the pictures in the middle of each window.

        Args:
            mixture: ``(ears, samples)``, 16 kHz, as many ears as the condition has.
            sample_rate: Hz.
            frames: the pictures of the two clips.

        Returns:
            ``(2, ears, samples)``.

        Raises:
            ShapeError: if the rate or the number of ears is another.
        """
        if sample_rate != SAMPLE_RATE or len(mixture) != self._size.ears:
            raise ShapeError(
                f"{len(mixture)} channel(s) at {sample_rate} Hz; this method ({self.condition}) parts "
                f"{self._size.ears} at {SAMPLE_RATE} Hz."
            )
        samples = mixture.shape[-1]

        def mask_of(window: Tensor, start: int) -> Tensor:
            time_s = (start + min(SEGMENT_SAMPLES, samples - start) / 2) / SAMPLE_RATE
            shown = torch.stack([resized(pictures.at(time_s), self._size.picture) for pictures in frames])
            heard = at_mixture_level(window, V1).to(self._device)
            seen = self._ready.encode(shown.to(self._device))
            return self._ready.masks(stft(heard)[None], seen[None])[0].cpu()

        return parted(mixture, mask_of)

    @classmethod
    def stages(cls, settings: Mapping[str, Any], material: Material) -> Sequence[Stage]:
        """What is trained first: from chance, masks teach the visual branch next to nothing.

        Raises:
            OptionError: if a binauralizer is missing, not wanted, or knows the clips, or two starts are asked for.
        """
        binauralizer = _binauralizer_of(settings)
        if binauralizer is not None:
            _refuse_seen(binauralizer, material)
        wanted = settings[CORRESPOND.name] and not material.preset.pretrained
        if settings[CORRESPONDENCE.name] is not None and not wanted:
            raise OptionError(
                f"--correspondence {settings[CORRESPONDENCE.name]}: the visual branch starts otherwise; leave it out, "
                "or give --no-pretrained with neither --no-correspond nor --visual-weights."
            )
        return [Stage(CORRESPONDENCE.name, correspondence.NAME)] if wanted else []

    @classmethod
    def for_training(cls, preset: Preset, start: Start) -> Training:
        """Build a fresh network for a recipe and a condition.

        Raises:
            OptionError: if a binauralizer is missing or not wanted, or there is no finished run of the network that
                the visual branch starts from.
        """
        condition: Condition = start.settings["condition"]
        name, weights = start.settings["binauralizer"], start.settings["binauralizer-weights"]
        binauralizer = _binauralizer_of(start.settings)
        network = MixAndSeparateNet(replace(SIZES[preset.name], ears=1 if condition == "mono" else 2))
        learnt = () if binauralizer is None else card_of(binauralizer).trained_on
        known, origin = start.pretrained, "from chance"
        if start.pretrained:
            origin = load_imagenet(network, start.file)
        elif (seen := start.settings[CORRESPONDENCE.name]) is not None:
            run = correspondence_run(seen)
            known, learnt = True, tuple(dict.fromkeys((*learnt, *run.card.trained_on)))
            origin = f"{correspondence.NAME}, {load_imagenet(network, seen / 'visual.pth')}"
        visual, audio = list(network.visual.parameters()), list(network.audio.parameters())
        return Training(
            network=network,
            groups={"new": audio, "pretrained": visual} if known else {"new": [*audio, *visual]},
            examples=pair_examples(condition, network.size.picture, partial(_sound_files, binauralizer)),
            described={"condition": condition, "size": asdict(network.size), "binauralizer": name},
            card=replace(_card(condition), version=f"1-{preset.name}", trained_on=learnt),
            save=partial(_save, network, weights),
            start=origin,
        )


def _binauralizer_of(settings: Mapping[str, Any]) -> Binauralizer | None:
    return binauralizers.asked_for(settings["condition"], settings["binauralizer"], settings["binauralizer-weights"])


def _refuse_seen(binauralizer: Binauralizer, material: Material) -> None:
    """Refuse a binauralizer that learnt from clips that separation trains on."""
    clips, place = [*material.training, *material.validation], (material.split_set, material.split)
    refuse_seen(card_of(binauralizer), material.data, clips, place, "trains separation on")


def _card(condition: Condition) -> ModelCard:
    return ModelCard(name=f"Mix-and-Separate ({condition})", paper=PAPER, url=URL)


def _sound_files(
    binauralizer: Binauralizer | None, material: Material, clips: Sequence[ClipId]
) -> Mapping[ClipId, Path]:
    """The WAV of each clip: the recorded one, or the one a binauralizer predicts."""
    data = material.data
    if binauralizer is None:
        return {clip: data.folder / data.clips[clip].audio for clip in clips}
    return PredictedEars(binauralizer, data, material.protocol).files(clips, Reporter())


def _save(network: MixAndSeparateNet, binauralizer: Path | None, folder: Path) -> None:
    save_branches({file: getattr(network, branch) for file, branch in _BRANCHES.items()}, folder)
    if binauralizer is not None:
        with written_whole(folder / binauralizers.FOLDER, folder=True) as temporary:
            if binauralizer.is_file():
                shutil.copy2(binauralizer, temporary / binauralizer.name)
            else:
                ignore = shutil.ignore_patterns(*_NOT_COPIED)
                shutil.copytree(binauralizer, temporary, ignore=ignore, dirs_exist_ok=True)


def _described(run: RunDescription, weights: Path) -> tuple[Condition, NetworkSize, str | None]:
    try:
        size = NetworkSize(**run.network["size"])
        condition, name = run.network["condition"], run.network["binauralizer"]
        size = replace(size, picture=(int(size.picture[0]), int(size.picture[1])))
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise OptionError(f"--weights {weights}: its run.json describes no network of {NAME}.") from error
    if condition not in CONDITIONS:
        raise OptionError(f"--weights {weights}: its run.json names an unknown condition, {condition!r}.")
    return condition, size, name
