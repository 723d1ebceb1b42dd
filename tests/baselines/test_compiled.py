"""``train --compile``: every convolution of a network runs in a compiled part."""

from functools import partial

import pytest
import torch
from torch import nn

from baselines.correspondence.network import Correspondence
from baselines.l2bnet.network import JudgedNet, L2BNetSize
from baselines.mix_and_separate.network import MixAndSeparateNet
from baselines.mix_and_separate.network import NetworkSize as SeparationSize
from baselines.mono2binaural.network import Mono2BinauralNet, NetworkSize
from baselines.sep_stereo.network import SepStereoNet, SepStereoSize
from fairplay_bench.dsp.masks import SEGMENT_SAMPLES
from fairplay_bench.records import V1, ModelCard
from fairplay_bench.training.interface import Training
from fairplay_bench.training.module import TrainingModule
from fairplay_bench.training.presets import SMALL

TINY = {"audio_width": 4, "visual_width": 4, "picture": (32, 64)}


def noise(*shape):
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def pictures(*shape):
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (*shape, 3, 32, 64), dtype=torch.uint8, generator=generator)


RECORDED = {"ears": noise(2, 2, 10_080), "picture": pictures(2)}
EAR = {"ears": RECORDED["ears"].mean(dim=1, keepdim=True).expand(-1, 2, -1), "picture": RECORDED["picture"]}
CASES = {
    "correspondence": (
        lambda: Correspondence(NetworkSize(**TINY)),
        {**EAR, "clip": torch.tensor([0, 1])},
    ),
    "l2bnet": (
        lambda: JudgedNet(L2BNetSize(**TINY, listener_width=4), 0.02),
        {**EAR, "wanted": torch.full((2, 64, 128), 1 / 8192)},
    ),
    "mono2binaural": (lambda: Mono2BinauralNet(NetworkSize(**TINY)), RECORDED),
    "sep-stereo": (lambda: SepStereoNet(SepStereoSize(**TINY)), RECORDED),
    "mix-and-separate": (
        lambda: MixAndSeparateNet(SeparationSize(**TINY)),
        {"sources": noise(1, 2, 2, SEGMENT_SAMPLES), "pictures": pictures(1, 2)},
    ),
}


@pytest.fixture
def compiled(monkeypatch):
    """Names of the functions in what torch compiles, which runs as it is."""
    functions = []

    def keep(graph, _):
        functions.extend(str(node.target) for node in graph.graph.nodes if node.op == "call_function")
        return graph.forward

    torch._dynamo.reset()
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=keep))
    yield functions
    torch._dynamo.reset()


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")  # torch's own, while it looks
@pytest.mark.parametrize("name", CASES)
def test_every_convolution_is_compiled(compiled, name):
    torch.manual_seed(0)
    make, batch = CASES[name]
    network, ran = make(), []
    kinds = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d)
    hooks = [
        part.register_forward_hook(lambda *_: ran.append(1)) for part in network.modules() if isinstance(part, kinds)
    ]
    plain = network.loss(batch, V1)
    for hook in hooks:
        hook.remove()
    described = Training(network, {}, lambda _: None, {}, ModelCard(name), lambda _: None, "from chance")
    TrainingModule(described, SMALL, V1, compiled=True)
    torch.testing.assert_close(network.loss(batch, V1), plain)
    assert len(ran) > 10
    assert sum("conv" in function for function in compiled) == len(ran)
