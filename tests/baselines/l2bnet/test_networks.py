"""Layers as the paper's supplement lists them, and what the parts of the two networks do."""

import pytest
import torch
from torch import nn

from baselines.l2bnet.layers import SLOPE
from baselines.l2bnet.listening import INPUTS, Listener, ListenerSize
from baselines.l2bnet.maps import COLUMNS, ROWS
from baselines.l2bnet.stereo import Attention, StereoNet, places
from fairplay_bench.dsp.stft import stft
from fairplay_bench.errors import UnknownNameError


def shapes_of(network, layers, *inputs):
    """Shapes after each of some layers, without the batch."""
    seen = []
    hooks = [layer.register_forward_hook(lambda *given: seen.append(tuple(given[-1].shape[1:]))) for layer in layers]
    with torch.inference_mode():
        network.eval()(*inputs)
    for hook in hooks:
        hook.remove()
    return seen


def test_layers_of_stereo_generation():
    network = StereoNet()
    seen = network.seen(torch.rand(1, 512, 7, 14))
    assert seen.shape == (1, 2, 512, 98)
    spectrogram = torch.randn(1, 2, 257, 64)
    downs = shapes_of(network, network.downs, spectrogram, seen)
    assert downs == [(64, 128, 32), (128, 64, 16), (256, 32, 8), (512, 16, 4), (512, 8, 2)]
    ups = shapes_of(network, network.ups, spectrogram, seen)
    assert ups == [(512, 16, 4), (256, 32, 8), (128, 64, 16), (64, 128, 32), (2, 256, 64)]
    for part, inputs in (("query", 512), ("key", 514), ("value", 514)):
        convolution = getattr(network.attention, part)[0]
        assert tuple(convolution.weight.shape) == (512, inputs, 3, 3)


def test_layers_of_audio_localisation():
    network, ears = Listener(), torch.randn(1, 2, 10_080)
    downs = shapes_of(network, network.downs, ears)
    assert downs == [(64, 128, 32), (128, 64, 16), (256, 32, 8), (512, 16, 4), (512, 8, 2), (1024, 4, 1)]
    assert shapes_of(network, [network.pool], ears) == [(1024, 1, 1)]
    ups = shapes_of(network, network.ups, ears)
    assert [shape[0] for shape in ups] == [512, 256, 128, 32, 4, 1]
    assert ups[-1][1:] == (64, 128)


@pytest.mark.parametrize("network", [StereoNet(8, 64), Listener(ListenerSize(8))], ids=["generation", "localisation"])
def test_a_norm_and_a_leaky_relu_follow_every_convolution_but_the_last(network):
    last = network.ups[-1]
    blocks = [module for module in network.modules() if isinstance(module, nn.Sequential) and len(module) == 3]
    for convolution, norm, slope in blocks:
        assert isinstance(convolution, nn.Conv2d | nn.ConvTranspose2d)
        assert isinstance(norm, nn.BatchNorm2d)
        assert isinstance(slope, nn.LeakyReLU)
        assert slope.negative_slope == SLOPE
    convolutions = [one for one in network.modules() if isinstance(one, nn.Conv2d | nn.ConvTranspose2d)]
    assert {id(one) for one in convolutions} == {id(block[0]) for block in blocks} | {id(last)}
    sizes = {one.kernel_size for one in convolutions}
    assert sizes <= {(4, 4), (3, 3), (2, 4)}


def test_the_map_has_the_aspect_of_the_picture():
    assert COLUMNS / ROWS == 448 / 224 == 480 / 240
    assert Listener(ListenerSize(4))(torch.randn(3, 2, 10_080)).shape == (3, ROWS, COLUMNS)


@pytest.mark.parametrize("hears", INPUTS)
def test_planes_of_each_input(hears):
    planes, features = INPUTS[hears]
    left, right = stft(torch.randn(2, 2, 10_080)).unbind(dim=1)
    assert features(left, right).shape == (2, planes, 257, 64)
    assert Listener(ListenerSize(4, hears)).downs[0][0].in_channels == planes


def test_an_unknown_input_is_refused():
    with pytest.raises(UnknownNameError, match="unknown input of the localisation network 'stereo'"):
        ListenerSize(4, "stereo")


def test_level_and_phase_difference():
    samples = torch.arange(10_080) / 16_000
    tone = torch.sin(2 * torch.pi * 500 * samples)
    later = torch.sin(2 * torch.pi * 500 * (samples - 0.0005))  # a quarter of a period
    left, right = stft(torch.stack([2 * tone, later])[None]).unbind(dim=1)
    level, cosine, sine = INPUTS["ild-itd"][1](left, right)[0, :, 16, 10:50]  # the bin of 500 Hz
    torch.testing.assert_close(level, torch.full_like(level, 0.6021), atol=0.01, rtol=0)  # 6 dB in units of 10
    torch.testing.assert_close(cosine, torch.zeros_like(cosine), atol=0.02, rtol=0)
    torch.testing.assert_close(sine, torch.ones_like(sine), atol=0.02, rtol=0)
    silent = INPUTS["ild-itd"][1](left, right)[0, :, 200, 10:50]
    assert silent.abs().max() < 0.05


def test_mono_tells_left_from_right_in_nothing():
    network = Listener(ListenerSize(4, "mono"))  # its norms make much of small differences while it is trained
    ears = torch.randn(2, 2, 10_080)
    total, moved = ears.sum(dim=1), torch.randn(2, 10_080)
    others = torch.stack([total / 2 + moved, total / 2 - moved], dim=1)
    torch.testing.assert_close(network(ears), network(others), atol=1e-4, rtol=1e-3)
    for hears in ("binaural", "ild-itd"):
        hearing = Listener(ListenerSize(4, hears))
        assert (hearing(ears) - hearing(ears.flip(1))).abs().max() > 1e-2


def test_attention_brings_what_is_seen_where_it_is_looked_for():
    attention = Attention(4, 6, 4).eval()
    code, seen = torch.randn(1, 4, 8, 2), torch.randn(1, 2, 4, 98)
    queries = attention.query(code).flatten(start_dim=2)
    wanted = torch.stack(
        [(queries[0, :, place] @ seen[0, 0] / 2).softmax(dim=0) @ seen[0, 1].T for place in range(16)], dim=1
    )
    torch.testing.assert_close(attention(code, seen)[0].flatten(start_dim=1), wanted)


def test_keys_and_values_know_their_place():
    picture = torch.zeros(1, 6, 7, 14)
    where = places(picture)
    assert where[0, 0, 3].tolist() == pytest.approx(torch.linspace(-1, 1, 14).tolist())
    assert where[0, 1, :, 5].tolist() == pytest.approx(torch.linspace(-1, 1, 7).tolist())
    keys = Attention(4, 6, 4).eval().seen(picture)[0, 0].unflatten(-1, (7, 14))
    inner = keys[:, 2:-2, 2:-2]  # whose neighbours all lie in the picture
    assert (inner[..., 0] - inner[..., -1]).abs().max() > 1e-4
