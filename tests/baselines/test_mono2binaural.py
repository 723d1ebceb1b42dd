"""The network: tensor names, shapes, the reference's output, weights on disk."""

import json
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from baselines.audio_only import AudioOnly
from baselines.flipped_visual import FlippedVisual
from baselines.mono2binaural.fusing import fused
from baselines.mono2binaural.method import Mono2Binaural
from baselines.mono2binaural.network import InferenceNet, Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.weights import WeightsError, load_network, save_network
from fairplay_bench.dsp.stft import stft
from fairplay_bench.errors import OptionError
from fairplay_bench.media.audio import read_sound
from fairplay_bench.media.pictures import FolderPictures
from fairplay_bench.models.interface import Frames, MonoClip
from fairplay_bench.models.window_stream import stream_windows
from fairplay_bench.records import SAMPLE_RATE, named_protocol
from fairplay_bench.training.run_folder import RunError

PAPER_SIZE = NetworkSize()
CPU = torch.device("cpu")


def layout(branch):
    return {name: [list(value.shape), str(value.dtype)[6:]] for name, value in branch.state_dict().items()}


def test_tensors_have_the_names_and_shapes_of_the_published_files(shared):
    published = json.loads((shared / "golden" / "mono2binaural_tensors.json").read_text())
    network = Mono2BinauralNet()
    assert layout(network.visual) == published["visual"]
    assert layout(network.audio) == published["audio"]


@pytest.fixture(scope="module")
def reference(shared, tmp_path_factory):
    out = tmp_path_factory.mktemp("reference")
    golden = shared / "golden"
    script = [golden / "make_reference_checkpoint.py", golden / "mono2binaural_tensors.json", "11", out]
    subprocess.run([sys.executable, *map(str, script)], check=True)
    return Mono2Binaural(out)


@pytest.mark.parametrize(
    ("name", "precision", "within"), [("gao2019", "fp32", 1e-4), ("xu2021", "fp32", 1e-4), ("xu2021", "bf16", 0.02)]
)
def test_golden_parity(shared, reference, name, precision, within):
    golden = shared / "golden"
    heard = read_sound(golden / "binaural_11.wav").samples
    reference.configure(precision)
    windows = stream_windows([heard], named_protocol(name))
    pieces = reference.stream(windows, FolderPictures(golden / "frames_11"), named_protocol(name))
    ears = torch.cat(list(pieces), dim=1).numpy()
    wanted = read_sound(golden / f"mono2binaural_{name}_11.wav").samples.T
    difference, target = ears[0] - ears[1], wanted[0] - wanted[1]
    assert np.linalg.norm(difference - target) / np.linalg.norm(target) < within
    assert ears.shape == wanted.shape


def test_shapes_at_every_place_of_the_u_net(tiny_network):
    shapes = {}
    for name, module in tiny_network.audio.named_children():
        module.register_forward_hook(
            lambda _module, _inputs, output, name=name: shapes.update({name: tuple(output.shape[1:])})
        )
    spectrogram = stft(torch.randn(2, 10_080))
    assert tiny_network.predict(spectrogram, torch.zeros(2, 16)).shape == (2, 256, 64)
    assert shapes["audionet_convlayer1"] == (4, 128, 32)
    assert shapes["audionet_convlayer5"] == (32, 8, 2)
    assert shapes["audionet_upconvlayer1"] == (32, 16, 4)
    assert shapes["audionet_upconvlayer5"] == (2, 256, 64)


def test_the_code_is_flattened_channel_by_channel(tiny_network):
    visual_map = torch.rand(1, 32, 1, 2)
    narrow = tiny_network.audio.conv1x1(visual_map)
    assert torch.equal(tiny_network.audio.narrowed(visual_map)[0, :2], narrow[0, 0].flatten())


def test_folding_norms_changes_nothing(tiny_network):
    ears = 0.1 * torch.randn(3, 2, 10_080)
    pictures = torch.randint(0, 256, (3, 3, 32, 64), dtype=torch.uint8)
    copy = fused(tiny_network)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in copy.modules())
    with torch.no_grad():
        torch.testing.assert_close(copy.loss_of_ears(ears, pictures), tiny_network.loss_of_ears(ears, pictures))
        torch.testing.assert_close(copy.encode(pictures), tiny_network.encode(pictures), atol=1e-4, rtol=1e-4)


def test_initial_weights():
    torch.manual_seed(0)
    audio = Mono2BinauralNet(NetworkSize(audio_width=32, visual_width=4)).audio
    up, norm = (
        parameter.detach() for parameter in (audio.audionet_upconvlayer2[0].weight, audio.audionet_convlayer4[1].weight)
    )
    assert up.std().item() == pytest.approx(0.02, rel=0.02)
    assert norm.mean().item() == pytest.approx(1.0, abs=0.005)
    assert norm.std().item() == pytest.approx(0.02, rel=0.2)


def test_the_loss_is_that_of_the_difference(tiny_network):
    ears = 0.1 * torch.randn(1, 2, 10_080)
    left, right = ears[0]
    pictures = torch.randint(0, 256, (1, 3, 32, 64), dtype=torch.uint8)
    with torch.no_grad():
        predicted = tiny_network.predict(stft(left + right)[None], tiny_network.encode(pictures))
        target = stft(left - right)[:256]
        wanted = ((predicted.real - target.real) ** 2 + (predicted.imag - target.imag) ** 2).mean() / 2
        torch.testing.assert_close(tiny_network.loss_of_ears(ears, pictures), wanted)


def clip(picture):
    class Same(Frames):
        def _image(self, _number):
            return picture

    mono = 0.1 * torch.randn(16_000, generator=torch.Generator().manual_seed(1))
    return MonoClip("x", mono, SAMPLE_RATE, Same(None, 10))


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (32, 64, 3), dtype=np.uint8)


def test_flipped_visual_sees_what_mono2binaural_sees_in_a_mirror(tiny_run, picture):
    straight, mirrored = Mono2Binaural(tiny_run), FlippedVisual(tiny_run)
    flipped = mirrored.binauralize(clip(picture))
    torch.testing.assert_close(flipped, straight.binauralize(clip(np.ascontiguousarray(picture[:, ::-1]))))
    assert not torch.allclose(flipped, straight.binauralize(clip(picture)), atol=1e-6)
    assert mirrored.card.name == "Flipped-Visual"


def test_audio_only_never_looks(tmp_path):
    size = NetworkSize(audio_width=4, sees=False)
    save_network(Mono2BinauralNet(replace(size, audio_width=64)), tmp_path)
    assert not (tmp_path / "visual.pth").exists()
    method = AudioOnly(tmp_path)
    assert not method.sees
    assert method.binauralize(clip(None)).shape == (2, 16_000)


def test_the_card_tells_what_the_weights_have_seen(tiny_run):
    card = Mono2Binaural(tiny_run).card
    assert card.trained_on[0].dataset == "mini"
    assert card.version == "1-tiny"
    assert card.weights_sha256


def test_inference_takes_a_copy(tiny_network):
    before = {name: value.clone() for name, value in tiny_network.state_dict().items()}
    InferenceNet(tiny_network, CPU, torch.bfloat16)
    assert all(torch.equal(before[name], value) for name, value in tiny_network.state_dict().items())


def test_weights_of_another_network_are_named(tiny_run):
    state = torch.load(tiny_run / "audio.pth", weights_only=True)
    state["strange.weight"] = state.pop("conv1x1.0.bias")
    state["audionet_convlayer1.0.bias"] = torch.zeros(5)
    torch.save(state, tiny_run / "audio.pth")
    with pytest.raises(WeightsError) as caught:
        load_network(tiny_run, PAPER_SIZE)
    for part in ("missing: conv1x1.0.bias", "unknown: strange.weight", "audionet_convlayer1.0.bias (5,) for (4,)"):
        assert part in str(caught.value)


def resized_network(run, **size):
    """Let a run say another size of its network."""
    file = run / "run.json"
    content = json.loads(file.read_text())
    content["network"] |= size
    file.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("damage", "error", "text"),
    [
        (lambda run: (run / "audio.pth").unlink(), OptionError, "audio.pth is missing"),
        (lambda run: (run / "audio.pth").write_bytes(b"nothing"), WeightsError, "damaged, or not a file of tensors"),
        (lambda run: torch.save([1, 2], run / "audio.pth"), WeightsError, "not a plain state_dict"),
        (lambda run: torch.save(torch.nn.Linear(1, 1), run / "audio.pth"), WeightsError, "not a file of tensors"),
        (
            lambda run: (run / "run.json").write_text('{"format": 1}'),
            RunError,
            r"run.json: damaged \(method",
        ),
        (lambda run: (run / "run.json").write_text("[]"), RunError, "no description of a run"),
        (lambda run: resized_network(run, audio_width=-3), OptionError, "describes no network of this method"),
        (lambda run: resized_network(run, visual_width="x"), OptionError, "describes no network of this method"),
        (lambda run: torch.save({1: torch.ones(1)}, run / "audio.pth"), WeightsError, "not a plain state_dict"),
        (lambda run: torch.save({"x": torch.ones(1) * 1j}, run / "audio.pth"), WeightsError, "of real tensors"),
        (lambda run: (run / "audio.pth").write_bytes(pickle.dumps({}, protocol=4)), WeightsError, "not a file of tens"),
        (lambda run: (run / "run.json").write_text('{"format": 9}'), RunError, "later format"),
    ],
)
def test_bad_weights_are_refused_in_one_line(tiny_run, damage, error, text):
    damage(tiny_run)
    with pytest.raises(error, match=text) as caught:
        Mono2Binaural(tiny_run)
    assert "\n" not in str(caught.value)


def test_infinite_weights_are_refused(tiny_run):
    state = torch.load(tiny_run / "audio.pth", weights_only=True)
    state["conv1x1.0.bias"][0] = torch.inf
    torch.save(state, tiny_run / "audio.pth")
    with pytest.raises(WeightsError, match="NaN or infinite weights"):
        Mono2Binaural(tiny_run)


def test_missing_weights_and_weights_of_a_blind_network_are_refused(tiny_run):
    with pytest.raises(OptionError, match="needs --weights"):
        Mono2Binaural(None)
    with pytest.raises(OptionError, match="trained with a visual branch"):
        AudioOnly(tiny_run)
