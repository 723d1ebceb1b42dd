"""Weights on disk: one plain ``state_dict`` beside the ``run.json`` of the training."""

from dataclasses import replace
from pathlib import Path

import torch

from baselines.ambisonics.network import AmbisonicsNet, NetworkSize
from baselines.mono2binaural.weights import load_tensors
from fairplay_bench.errors import OptionError
from fairplay_bench.media.files import written_whole
from fairplay_bench.training.run_folder import RUN_FILE, RunDescription, read_run

FILE = "network.pth"


def save_network(network: AmbisonicsNet, folder: Path) -> None:
    """Write the weights, whole or not at all.

    Raises:
        OutputError: if they cannot be written.
    """
    state = {key: value.detach().cpu().contiguous() for key, value in network.state_dict().items()}
    with written_whole(folder / FILE) as temporary:
        torch.save(state, temporary)


def load_network(folder: Path, method: str) -> tuple[AmbisonicsNet, RunDescription]:
    """Load a trained network.

    Args:
        folder: a run.
        method: name of the method that the run must be of.

    Returns:
        The network in eval mode, and what the run says of itself.

    Raises:
        OptionError: if the folder is no run, or one of another method.
        WeightsError: if the weights cannot be read or do not fit.
    """
    run = read_run(folder) if folder.is_dir() else None
    if run is None:
        raise OptionError(f"--weights {folder}: give the run folder of a training, with {RUN_FILE} and {FILE}.")
    if run.method != method:
        raise OptionError(f"--weights {folder}: a run of {run.method}; give --model {run.method}.")
    try:
        size = NetworkSize(**run.network)
        size = replace(size, picture=(int(size.picture[0]), int(size.picture[1])))
    except (TypeError, ValueError, IndexError) as error:
        raise OptionError(f"--weights {folder}: its {RUN_FILE} describes no network of this method.") from error
    network = AmbisonicsNet(size)
    load_tensors(network, folder / FILE)
    return network.eval(), run
