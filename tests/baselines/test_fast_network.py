"""The network by shorter ways against itself by definition."""

from dataclasses import replace

import pytest
import torch

from baselines.mono2binaural import fast_network, fast_visual
from baselines.mono2binaural.fast_network import FastNetwork
from baselines.mono2binaural.fast_visual import FastVisual
from baselines.mono2binaural.fusing import fused
from baselines.mono2binaural.network import InferenceNet, Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.visual import normalized_pictures
from fairplay_bench.dsp.stft import inverse_stft, stft

CPU = torch.device("cpu")


@pytest.fixture(params=["as chosen", "all short"])
def way(request, monkeypatch):
    """Narrow networks take ordinary convolutions where wide ones take short ones; test both."""
    if request.param == "all short":
        for dtype in fast_network.WORTH:
            monkeypatch.setitem(fast_network.WORTH, dtype, 0)
        monkeypatch.setattr(fast_visual, "PAIRS_WORTH", 0)
        monkeypatch.setattr(fast_visual, "BLOCKS_WORTH", 32)  # half of the stages go by pairs


@pytest.fixture
def network():
    """A small network whose norms bring every layer to unit deviation, so that rounding does not blow up."""
    torch.manual_seed(4)
    made = Mono2BinauralNet(NetworkSize(audio_width=8, visual_width=8, picture=(32, 64)))
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # the mean over the batches
    with torch.no_grad():
        made.train().loss_of_ears(sums(8).view(4, 2, -1), pictures(4, (32, 64)))
    return made.eval()


def deviation(made, wanted):
    return float((made - wanted).norm() / wanted.norm())


def difference(ready, heard, seen, inverse_n_fft):
    left, right = ready.ears(heard, seen, inverse_n_fft).unbind(dim=1)
    return left - right


def sums(count):
    return 0.1 * torch.randn(count, 10_080, generator=torch.Generator().manual_seed(5))


def pictures(count, size):
    return torch.randint(0, 256, (count, 3, *size), dtype=torch.uint8, generator=torch.Generator().manual_seed(6))


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-5), (torch.bfloat16, 0.03)])
def test_the_same_differences(network, dtype, within):
    shown, heard = pictures(3, (32, 64)), sums(3)
    with torch.inference_mode():
        rows = network.predict(stft(heard), network.encode(shown))
        ready = InferenceNet(network, CPU, dtype)
        made = difference(ready, heard, ready.encode(shown), 512)
        assert deviation(made, inverse_stft(rows, 10_080, 512)) < within
        one = difference(ready, heard[2:], ready.encode(shown[2:]), 512)
        assert deviation(one, made[2:]) < within


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("size", [(70, 101), (71, 98), (33, 35)], ids=str)
@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_the_map_of_pictures_of_any_size(network, size, dtype, within):
    shown = pictures(3, size)
    with torch.inference_mode():
        made = FastVisual(fused(network).visual, dtype)(shown)
        wanted = network.visual(normalized_pictures(shown))
        assert deviation(made.permute(0, 3, 1, 2).float(), wanted) < within


def test_a_network_that_sees_nothing():
    torch.manual_seed(2)
    network = Mono2BinauralNet(replace(NetworkSize(audio_width=4), sees=False)).eval()
    ready, heard = InferenceNet(network, CPU, torch.float32), sums(2)
    with torch.inference_mode():
        wanted = inverse_stft(network.predict(stft(heard), None), 10_080, 510)
        assert deviation(difference(ready, heard, None, 510), wanted) < 1e-5
        with pytest.raises(TypeError, match="no visual branch"):
            ready.encode(pictures(1, (32, 64)))


def test_what_a_code_adds_is_that_of_a_map_of_equal_places(network):
    folded = fused(network)
    code = torch.rand(2, 16, generator=torch.Generator().manual_seed(8))
    layer = folded.audio.audionet_upconvlayer1[0]
    with torch.inference_mode():
        added = fast_network._spread(fast_network.FastAudio(folded.audio, torch.float32).bordered(code), 8, 2)
        tiled = torch.cat([code[:, :, None, None].expand(-1, -1, 8, 2), torch.zeros(2, 64, 8, 2)], dim=1)
        wanted = layer(tiled) - layer.bias[:, None, None]
        torch.testing.assert_close(added.permute(0, 3, 1, 2), wanted, atol=1e-5, rtol=1e-5)


def test_norms_must_be_folded_first(network):
    with pytest.raises(TypeError, match="expected folded norms"):
        FastNetwork(network.visual, network.audio, torch.float32)
