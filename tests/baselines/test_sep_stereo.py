"""Sep-Stereo: tensor names, the reference's output, the fusion, the losses, weights on disk, prediction."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from baselines.mono2binaural.method import Mono2Binaural
from baselines.mono2binaural.weights import described, load_imagenet
from baselines.sep_stereo.fusion import AssociativeFusion
from baselines.sep_stereo.method import SepStereo
from baselines.sep_stereo.network import SepStereoNet, SepStereoSize, parted_map
from baselines.sep_stereo.visual import DilatedVisualNet
from baselines.sep_stereo.weights import load_network, save_network
from fairplay_bench.dsp.stft import inverse_stft, stft
from fairplay_bench.errors import OptionError, UnknownNameError
from fairplay_bench.models.interface import Frames, MonoClip
from fairplay_bench.records import SAMPLE_RATE, V1, ModelCard
from fairplay_bench.training.run_folder import RunDescription, write_run

NORM_OF = {"bn": "batch", "in": "instance"}
TINY = SepStereoSize(audio_width=4, visual_width=4, picture=(32, 64))
CPU = torch.device("cpu")


def layout(branch):
    return {name: [list(value.shape), str(value.dtype)[6:]] for name, value in branch.state_dict().items()}


@pytest.fixture(scope="module", params=["bn", "in"])
def published(request, shared, tmp_path_factory):
    """Norm, the layout of the published files, a folder with such files, and what the reference predicts with them."""
    out, golden = tmp_path_factory.mktemp("reference"), shared / "golden"
    tensors = golden / f"sep_stereo_tensors_{request.param}.json"
    script = [golden / "make_reference_checkpoint.py", tensors, "11", out]
    subprocess.run([sys.executable, *map(str, script)], check=True)
    wanted = np.load(golden / f"sep_stereo_{request.param}_11.npz")
    return NORM_OF[request.param], json.loads(tensors.read_text()), out, wanted


@pytest.mark.parametrize(("fusion", "prefix"), [("apnet", ""), ("assoconv", "asso_")])
def test_golden_parity(published, tmp_path, fusion, prefix):
    norm, tensors, folder, wanted = published
    file = "fusion.pth" if fusion == "apnet" else "assoconv.pth"
    for name in ("visual.pth", "audio.pth", file):
        (tmp_path / name).symlink_to(folder / name)
    network, run = load_network(tmp_path)
    assert run is None
    assert network.size == SepStereoSize(fusion=fusion, norm=norm)
    assert [layout(network.visual), layout(network.audio)] == [tensors["visual"], tensors["audio"]]
    assert layout(network.fusion) == tensors[file.removesuffix(".pth")]
    generator = torch.Generator().manual_seed(11)
    mix = torch.randn(2, 2, 257, 64, generator=generator)
    frames = torch.randn(2, 3, 224, 448, generator=generator)
    with torch.no_grad():
        predicted = network.predict(torch.complex(mix[:, 0], mix[:, 1]), network.visual(frames))
    keys = ("diff", prefix + "left", prefix + "right")
    for ours, key in zip(predicted, keys, strict=True):
        planes = torch.stack([ours.real, ours.imag], dim=1)[:, :, ::4, ::2].numpy()
        assert planes.shape == wanted[key].shape
        assert np.linalg.norm(planes - wanted[key]) < 1e-4 * np.linalg.norm(wanted[key])


def tiny(ears_loss="l1", **parts):
    """A small network whose norms and fusion have something to do."""
    torch.manual_seed(5)
    network = SepStereoNet(replace(TINY, **parts), ears_loss)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
        elif isinstance(module, torch.nn.ConvTranspose2d):
            module.weight.data *= 4
    return network.eval()


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(2)

    def pictures(*shape):
        return torch.randint(0, 256, (*shape, 3, 32, 64), dtype=torch.uint8, generator=generator)

    return {
        "ears": 0.1 * torch.randn(2, 2, 10_080, generator=generator),
        "picture": pictures(2),
        "solos": torch.randn(2, 2, 10_080, generator=generator) * torch.tensor([0.3, 0.01])[:, None],
        "solo_pictures": pictures(2, 2),
    }


def test_the_fusion_is_an_inner_product_at_each_place():
    torch.manual_seed(0)
    fusion = AssociativeFusion(3, 5)
    heard, seen = torch.randn(2, 3, 4, 6), torch.randn(2, 5, 2, 7)
    fused = fusion(heard, seen)
    assert fused.shape == (2, 14, 4, 6)
    weight, bias = fusion.channel_mapping_conv_w.weight[:, :, 0], fusion.channel_mapping_conv_w.bias
    place = torch.relu(weight @ seen[1, :, 1, 3] + bias)
    torch.testing.assert_close(fused[1, 7 + 3], torch.einsum("c,chw->hw", place, heard[1]))
    assert all(not parameter.requires_grad for parameter in fusion.channel_mapping_conv_b.parameters())


def test_the_loss_is_that_of_the_difference_and_of_the_two_ears(batch):
    left, right = batch["ears"].unbind(dim=1)
    total, target = stft(left + right), stft(left - right)[:, :256]
    for name, norm in (("l1", torch.abs), ("l2", torch.square)):
        network = tiny(name)
        with torch.no_grad():
            difference, of_left, of_right = network.predict(total, network.encode(batch["picture"]))
            terms = [difference - target, 2 * of_left - total[:, :256] - target, total[:, :256] - 2 * of_right - target]
            own, one, other = (norm(torch.stack([term.real, term.imag])).mean() for term in terms)
            torch.testing.assert_close(network.loss_of_ears(batch["ears"], batch["picture"]), own + (one + other) / 2)


def test_without_a_fusion_the_loss_is_that_of_the_difference_alone(batch):
    network = tiny("l2", fusion="none")
    total = stft(batch["ears"].sum(dim=1))
    with torch.no_grad():
        predicted = network.predict(total, network.encode(batch["picture"]))
        error = predicted.difference - stft(batch["ears"][:, 0] - batch["ears"][:, 1])[:, :256]
        torch.testing.assert_close(
            network.loss_of_ears(batch["ears"], batch["picture"]), torch.view_as_real(error).square().mean()
        )
    assert predicted.left is None


def test_solos_are_parted_far_left_and_far_right_at_one_level(batch):
    network = tiny()
    network.separation_weight = 0.7
    with torch.no_grad():
        stereo = network.loss({key: batch[key] for key in ("ears", "picture")}, V1)
        both = network.loss(batch, V1)
        first, second = (network.encode(batch["solo_pictures"][:, solo]) for solo in (0, 1))
        seen = torch.zeros_like(first)
        seen[:, :, :, 0], seen[:, :, :, 1] = first.max(dim=3).values, second.max(dim=3).values
        level = batch["solos"].square().mean(dim=-1, keepdim=True).sqrt()
        alone = network.loss_of_seen(batch["solos"] * 0.1 / level, seen)
    torch.testing.assert_close(both - stereo, 0.7 * alone)


def test_between_the_outermost_columns_a_parted_map_is_empty():
    parted = parted_map(torch.rand(1, 3, 7, 14) + 1, torch.rand(1, 3, 7, 14) + 2)
    assert parted[..., 1:-1].abs().max() == 0
    assert (parted[..., 0].min() >= 1).item()
    assert (parted[..., -1].min() >= 2).item()


@pytest.mark.parametrize("fusion", ["none", "assoconv", "apnet"])
@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_every_trainable_weight_learns(batch, fusion, norm):
    network = tiny(fusion=fusion, norm=norm).train()
    network.loss(batch, V1).backward()
    idle = [name for name, one in network.named_parameters() if one.requires_grad and one.grad is None]
    assert idle == []


@pytest.mark.parametrize("fusion", ["assoconv", "apnet"])
def test_each_ear_is_inverted_by_itself(batch, fusion):
    network = tiny(fusion=fusion)
    ready, sums = network.ready(CPU, torch.float32), batch["ears"].sum(dim=1)
    with torch.no_grad():
        seen = ready.encode(batch["picture"])
        ears = ready.ears(sums, seen, 512)
        _, left, right = network.predict(stft(sums), seen)
    torch.testing.assert_close(ears[:, 0], inverse_stft(left, 10_080, 512), atol=1e-5, rtol=1e-3)
    torch.testing.assert_close(ears[:, 1], inverse_stft(right, 10_080, 512), atol=1e-5, rtol=1e-3)
    assert not torch.allclose(ears.sum(dim=1), sums, atol=1e-3)


def test_without_a_fusion_the_ears_keep_their_sum(batch):
    ready, sums = tiny(fusion="none").ready(CPU, torch.float32), batch["ears"].sum(dim=1)
    with torch.no_grad():
        ears = ready.ears(sums, ready.encode(batch["picture"]), 510)
    torch.testing.assert_close(ears.sum(dim=1), sums)
    assert (ears[:, 0] - ears[:, 1]).abs().max() > 1e-4


def test_a_dilated_branch_keeps_the_resolution_of_its_last_stage():
    torch.manual_seed(1)
    network = DilatedVisualNet(4).eval()
    assert {name.partition(".")[0] for name in network.state_dict()} == {"features", "fc"}
    seen = torch.randn(1, 3, 224, 448)
    with torch.no_grad():
        last = network.features(seen)
        assert last.shape == (1, 32, 14, 28)
        torch.testing.assert_close(network(seen), torch.nn.functional.avg_pool2d(network.fc(last), 2))
        released = DilatedVisualNet(4, convolved=False).eval()
        released.load_state_dict(network.state_dict())
        torch.testing.assert_close(released(seen), torch.nn.functional.avg_pool2d(last, 2))
    assert network(torch.randn(1, 3, 112, 224)).shape == (1, 32, 4, 7)


def test_a_dilated_branch_reaches_as_far_as_the_plain_one_it_takes_its_weights_from(tmp_path):
    from torchvision.models import resnet18

    torch.manual_seed(1)
    given = resnet18(weights=None).eval()
    torch.save(given.state_dict(), tmp_path / "resnet.pth")
    network = SepStereoNet(SepStereoSize(audio_width=4, visual="dilated"))
    assert load_imagenet(network, tmp_path / "resnet.pth").startswith("resnet.pth ")
    picture = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        dilated = network.visual.eval().features(picture)
        plain = torch.nn.Sequential(*list(given.children())[:-2])(picture)
    torch.testing.assert_close(dilated[:, :, ::2, ::2], plain)  # dilation 2 at stride 1: every second place is the same


@pytest.fixture
def run(tmp_path):
    network = tiny(norm="instance")
    save_network(network, tmp_path)
    card = ModelCard("Sep-Stereo", version="1-tiny")
    write_run(tmp_path, RunDescription("sep-stereo", described(network.size), card))
    return tmp_path


class Same(Frames):
    def _image(self, _number):
        return np.full((32, 64, 3), 90, np.uint8)


def test_a_run_predicts(run):
    method = SepStereo(run)
    mono = 0.1 * torch.randn(16_000, generator=torch.Generator().manual_seed(1))
    ears = method.binauralize(MonoClip("x", mono, SAMPLE_RATE, Same(None, 10)))
    assert ears.shape == (2, 16_000)
    assert ears.isfinite().all()
    assert method.card.version == "1-tiny"
    assert method.card.weights_sha256


def test_refusals(run, tiny_run):
    with pytest.raises(UnknownNameError, match=r"unknown fusion .apnett.. Did you mean .apnet"):
        SepStereoSize(fusion="apnett")
    with pytest.raises(UnknownNameError, match="unknown loss of the ears 'l3'"):
        SepStereoNet(TINY, ears_loss="l3")
    with pytest.raises(OptionError, match="needs --weights"):
        SepStereo(None)
    with pytest.raises(OptionError, match="describes no network of this method"):
        Mono2Binaural(run)
    with pytest.raises(OptionError, match="a network without fusion; give --model mono2binaural"):
        SepStereo(tiny_run)
    (run / "fusion.pth").unlink()
    with pytest.raises(OptionError, match=r"fusion\.pth is missing"):
        SepStereo(run)
