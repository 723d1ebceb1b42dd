"""Sep-Stereo's networks: tensor names, the reference's output, the fusion, the losses, prediction."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from baselines.sep_stereo.network import SepStereoNet, SepStereoSize

NORM_OF = {"bn": "batch", "in": "instance"}
TINY = SepStereoSize(audio_width=4, visual_width=4, picture=(32, 64))
CPU = torch.device("cpu")


def layout(branch):
    return {name: [list(value.shape), str(value.dtype)[6:]] for name, value in branch.state_dict().items()}


@pytest.mark.parametrize("short", ["bn", "in"])
def test_tensors_have_the_names_and_shapes_of_the_published_files(shared, short):
    published = json.loads((shared / "golden" / f"sep_stereo_tensors_{short}.json").read_text())
    for fusion, name in (("apnet", "fusion"), ("assoconv", "assoconv")):
        network = SepStereoNet(SepStereoSize(fusion=fusion, norm=NORM_OF[short]))
        assert layout(network.visual) == published["visual"]
        assert layout(network.audio) == published["audio"]
        assert layout(network.fusion) == published[name]


@pytest.fixture(scope="module", params=["bn", "in"])
def reference(request, shared, tmp_path_factory):
    """Norm, folder with the reference checkpoint, and what the reference predicted."""
    out, golden = tmp_path_factory.mktemp("reference"), shared / "golden"
    script = [golden / "make_reference_checkpoint.py", golden / f"sep_stereo_tensors_{request.param}.json", "11", out]
    subprocess.run([sys.executable, *map(str, script)], check=True)
    return NORM_OF[request.param], out, np.load(golden / f"sep_stereo_{request.param}_11.npz")


@pytest.mark.parametrize(("fusion", "prefix"), [("apnet", ""), ("assoconv", "asso_")])
def test_golden_parity(reference, fusion, prefix):
    norm, folder, wanted = reference
    network = SepStereoNet(SepStereoSize(fusion=fusion, norm=norm)).eval()
    for branch, file in (("visual", "visual"), ("audio", "audio"), ("fusion", "fusion" if not prefix else "assoconv")):
        getattr(network, branch).load_state_dict(torch.load(folder / f"{file}.pth", weights_only=True))
    generator = torch.Generator().manual_seed(11)
    mix = torch.randn(2, 2, 257, 64, generator=generator)
    frames = torch.randn(2, 3, 224, 448, generator=generator)
    with torch.no_grad():
        predicted = network.predict(torch.complex(mix[:, 0], mix[:, 1]), network.visual(frames))
    for ours, key in (
        (predicted.difference, "diff"),
        (predicted.left, prefix + "left"),
        (predicted.right, prefix + "right"),
    ):
        planes = torch.stack([ours.real, ours.imag], dim=1)[:, :, ::4, ::2].numpy()
        assert planes.shape == wanted[key].shape
        assert np.linalg.norm(planes - wanted[key]) < 1e-4 * np.linalg.norm(wanted[key])
