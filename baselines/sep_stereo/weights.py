"""Weights on disk: a run of ours, or a folder with the authors' ``visual.pth``, ``audio.pth`` and ``fusion.pth``.

What a published folder holds is read off its tensors: instance norm leaves none, APNet's fusion has four levels, the
dilated ResNet's names begin with ``features``. AssoConv may also lie in ``assoconv.pth``; a folder without either is
the U-Net alone.
"""

from pathlib import Path

from torch import nn

from baselines.mono2binaural.weights import load_tensors, read_tensors, run_in, save_branches, size_of
from baselines.sep_stereo.network import SepStereoNet, SepStereoSize
from fairplay_bench.errors import OptionError
from fairplay_bench.training.run_folder import RunDescription

_FUSIONS = ("fusion.pth", "assoconv.pth")


def load_network(folder: Path) -> tuple[SepStereoNet, RunDescription | None]:
    """Load a trained network.

    Args:
        folder: a run of ours, or a folder with the published files.

    Returns:
        The network in eval mode, and what the run says of itself.

    Raises:
        OptionError: if the folder is none, a file is missing, or the run is of another network.
        WeightsError: if a file cannot be read, or holds other tensors; the message names them.
    """
    run = run_in(folder, ["visual.pth", "audio.pth", "fusion.pth"])
    if run is not None and "fusion" not in run.network:
        raise OptionError(f"--weights {folder}: a network without fusion; give --model {run.method}.")
    size = published_size(folder) if run is None else size_of(run.network, folder, SepStereoSize)
    network = SepStereoNet(size)
    for name, branch in _branches(network).items():
        load_tensors(branch, folder / (_fusion_file(folder) or name if branch is network.fusion else name))
    return network.eval(), run


def save_network(network: SepStereoNet, folder: Path) -> None:
    """Write ``visual.pth``, ``audio.pth`` and, with a fusion, ``fusion.pth``; each whole or not at all.

    Raises:
        OutputError: if they cannot be written.
    """
    save_branches(_branches(network), folder)


def published_size(folder: Path) -> SepStereoSize:
    """Which network the published files in a folder are of, at the paper's widths.

    Raises:
        OptionError: if one is missing.
        WeightsError: if one cannot be read.
    """
    visual, audio = read_tensors(folder / "visual.pth"), read_tensors(folder / "audio.pth")
    fusion, file = "none", _fusion_file(folder)
    if file is not None:
        fusion = "apnet" if any(name.startswith("fusion1.") for name in read_tensors(folder / file)) else "assoconv"
    return SepStereoSize(
        fusion=fusion,
        norm="batch" if any(name.startswith("audionet_convlayer1.1.") for name in audio) else "instance",
        visual="dilated-released" if any(name.startswith("features.") for name in visual) else "resnet18",
    )


def _fusion_file(folder: Path) -> str | None:
    return next((name for name in _FUSIONS if (folder / name).is_file()), None)


def _branches(network: SepStereoNet) -> dict[str, nn.Module]:
    fusion = {} if network.fusion is None else {"fusion.pth": network.fusion}
    return {"visual.pth": network.visual, "audio.pth": network.audio, **fusion}
