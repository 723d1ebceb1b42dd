"""Weights on disk: ``visual.pth``, ``audio.pth`` and ``listener.pth`` of a run; the last alone of a localisation."""

from pathlib import Path

from torch import nn

from baselines.l2bnet.listening import Listener, ListenerSize
from baselines.l2bnet.network import JudgedNet, L2BNetSize
from baselines.mono2binaural.weights import load_tensors, run_in, save_branches, size_of
from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.records import ModelCard
from fairplay_bench.training.run_folder import RunDescription
from fairplay_bench.training.stages import finished_run

LISTENER_FILE = "listener.pth"
LOCALISATION = "audio-localisation"  # after --model


def branches(network: JudgedNet) -> dict[str, nn.Module]:
    """Parts of a network by the file they are kept in."""
    return {"visual.pth": network.visual, "audio.pth": network.audio, LISTENER_FILE: network.listener}


def save_network(network: JudgedNet, folder: Path) -> None:
    """Write the weights; each file whole or not at all.

    Raises:
        OutputError: if they cannot be written.
    """
    save_branches(branches(network), folder)


def load_network(folder: Path) -> tuple[JudgedNet, RunDescription]:
    """Load a trained network, in eval mode, and what its run says of itself.

    Raises:
        OptionError: if the folder is no run of this method, or a file is missing.
        WeightsError: if a file cannot be read, or holds other tensors.
    """
    run = run_in(folder, ["run.json", "visual.pth", "audio.pth", LISTENER_FILE])
    if run is None or "hears" not in run.network or "audio_width" not in run.network:
        other = "there is no run.json in it" if run is None else f"a run of {run.method}"
        raise OptionError(f"--weights {folder}: {other}; give a run of `train --model l2bnet`.")
    network = JudgedNet(size_of(run.network, folder, L2BNetSize))
    for name, branch in branches(network).items():
        load_tensors(branch, folder / name)
    return network.eval(), run


def load_listener(folder: Path) -> tuple[Listener, ModelCard]:
    """Load a trained localisation network and its card.

    Raises:
        OptionError: if the folder is no finished run of one.
        WeightsError: if its weights cannot be read.
    """
    run = finished_run(folder, "localiser", LOCALISATION)
    try:
        listener = Listener(ListenerSize(**run.network))
    except (TypeError, UnknownNameError) as error:
        raise OptionError(f"--localiser {folder}: its run.json describes no localisation network.") from error
    load_tensors(listener, folder / LISTENER_FILE)
    return listener.eval(), run.card
