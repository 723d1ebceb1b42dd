"""Shapes and numbers of parameters as the paper and its code have them, and what a prediction is made of."""

from dataclasses import replace

import pytest
import torch

from baselines.ambisonics.encoders import AudioEncoder
from baselines.ambisonics.network import AmbisonicsNet, NetworkSize, held
from baselines.ambisonics.transform import HEARD, MASKED, all_bins, folded, half_spectrum, overlap_added

from .conftest import TINY


def count(module):
    return sum(weight.numel() for weight in module.parameters())


def hear(network, n=2, seed=0):
    random = torch.Generator().manual_seed(seed)
    context = 0.1 * torch.randn(n, 52_799, generator=random)
    height, width = network.size.picture
    return context, torch.randint(256, (n, 3, height, width), generator=random, dtype=torch.uint8)


@pytest.fixture(scope="module")
def paper():
    torch.manual_seed(0)
    return AmbisonicsNet()


def test_shapes_of_every_part(paper):
    context, pictures = hear(paper, 1)
    with torch.inference_mode():
        spectrum = half_spectrum(context)
        magnitudes = all_bins(spectrum[:, HEARD].abs())
        assert magnitudes.shape == (1, 127, 1024)
        maps = paper.audio(magnitudes)
        assert [tuple(one.shape[1:]) for one in maps] == [
            (32, 31, 127),
            (64, 15, 31),
            (128, 7, 14),
            (256, 5, 10),
            (512, 3, 6),
        ]
        assert AudioEncoder.sizes() == [tuple(one.shape[2:]) for one in maps]
        assert paper.video.resnet(torch.zeros(1, 3, 224, 448)).shape == (1, 512, 7, 14)
        seen = paper.encode(pictures)
        assert seen.shape == (1, 512)
        code = paper.bottleneck(maps[-1], seen)
        assert code.shape == (1, 3, 1024 + 512)
        weights, biases = paper.localization(code)
        assert (held(weights).shape, held(biases).shape) == ((1, 4800, 3, 32), (1, 4800, 3))
        masks = paper.separation(code, maps)
        assert masks.shape == (1, 32, 28, 1024)
        assert paper.parts(context, seen)[0].shape == (1, 32, 4800)
        assert paper.predict(context, seen).shape == (1, 3, 4800)


def test_numbers_of_parameters(paper):
    assert [count(one) for one in paper.audio.convolutions] == [3_616, 43_072, 123_008, 491_776, 1_966_592]
    assert count(paper.video.resnet) == 11_176_512
    assert (count(paper.video.cell), count(paper.video.code)) == (512 * 128 + 128, 12_544 * 512 + 512)
    assert count(paper.audio_code) == 6 * 512 * 1024 + 1024
    assert [count(one) for one in paper.localization.hidden if count(one)] == [1536 * 512 + 512, 512 * 512 + 512]
    assert count(paper.localization.last) == 512 * 3 * (32 + 1) + 99
    assert count(paper.separation.told) == 1536 * 512 + 512
    assert [count(one) for one in paper.separation.convolutions] == [3_932_416, 983_168, 245_824, 86_048, 229_408]
    assert count(paper) == 30_804_227


def test_the_flow_encoder_is_a_second_picture_encoder(paper):
    with_flow = AmbisonicsNet(NetworkSize(flow=True))
    assert count(with_flow.flow) == count(paper.video) == 17_665_216
    assert count(with_flow) - count(paper) == 17_665_216 + 2 * 512 * 512
    context, pictures = hear(AmbisonicsNet(replace(TINY, flow=True)), 2)
    tiny = AmbisonicsNet(replace(TINY, flow=True)).eval()
    one, other = (tiny.encode(pictures, flows) for flows in (pictures, 255 - pictures))
    assert torch.equal(one[:, :8], other[:, :8])
    assert not torch.equal(one[:, 8:], other[:, 8:])
    assert tiny.predict(context, one).shape == (2, 3, 4800)
    with pytest.raises(TypeError, match="optical flow"):
        tiny.encode(pictures)


def test_the_resnet_is_torchvisions(paper):
    from torchvision.models import resnet18

    theirs = resnet18()
    random = torch.Generator().manual_seed(1)
    for weight in (*theirs.parameters(), *theirs.buffers()):
        if weight.is_floating_point():
            weight.data.uniform_(0.01, 0.1, generator=random)
    ours = AmbisonicsNet(replace(TINY, visual_width=64)).video.resnet.eval()
    trunk = [value for name, value in theirs.state_dict().items() if not name.startswith("fc.")]
    ours.load_state_dict(dict(zip(ours.state_dict(), trunk, strict=True)))
    pictures = torch.randn(1, 3, 32, 64, generator=random)
    kept = torch.nn.Sequential(*list(theirs.children())[:-2]).eval()
    torch.testing.assert_close(ours(pictures), kept(pictures))


def test_masks_are_those_of_the_whole_convolution(tiny_network):
    context, pictures = hear(tiny_network)
    maps = tiny_network.audio(all_bins(half_spectrum(context)[:, HEARD].abs()))
    code = tiny_network.bottleneck(maps[-1], tiny_network.encode(pictures))
    separation = tiny_network.separation
    last = separation.told(code).transpose(1, 2)[..., None].expand(-1, -1, -1, 6)
    for number, convolution in enumerate(separation.convolutions):
        last = convolution(torch.cat([last, maps[4 - number]], dim=1))
        last = torch.relu(last) if number < 4 else torch.sigmoid(last)
    assert last.shape == (2, 3, 127, 1024)
    torch.testing.assert_close(separation(code, maps), last[:, :, 43:71])
    whole = folded(last[:, :, 43:71]) * half_spectrum(context)[:, None, MASKED]
    torch.testing.assert_close(tiny_network.parts(context, tiny_network.encode(pictures))[0], overlap_added(whole))


def test_a_channel_is_the_weighted_sources_and_a_bias(tiny_network):
    context, pictures = hear(tiny_network)
    seen = tiny_network.encode(pictures)
    sources, weights, biases = tiny_network.parts(context, seen)
    wanted = torch.einsum("ntck,nkt->nct", held(weights), sources) + held(biases).transpose(1, 2)
    torch.testing.assert_close(tiny_network.predict(context, seen), wanted)
    assert wanted.std() > 0.01  # it says something
    assert torch.equal(held(weights)[:, 1599], weights[:, 0])
    assert torch.equal(held(weights)[:, 1600], weights[:, 1])


def test_what_is_seen_and_what_is_heard_count(tiny_network):
    context, pictures = hear(tiny_network)
    seen = tiny_network.encode(pictures)
    before = tiny_network.predict(context, seen)
    assert not torch.allclose(before, tiny_network.predict(context, tiny_network.encode(255 - pictures)))
    later = context.clone()
    later[:, 40_000:] = 0  # beyond what is predicted, heard for its context
    assert not torch.allclose(before, tiny_network.predict(later, seen))


def test_the_start(paper):
    last = paper.localization.last.weight
    assert last.std().item() == pytest.approx(0.001 * 0.88, rel=0.03)  # cut off at two deviations
    assert last.abs().max() <= 0.002
    for one in (*paper.audio.convolutions, *paper.separation.convolutions, paper.audio_code, paper.video.code):
        assert not one.bias.any()
        receptive = one.weight[0, 0].numel()
        fans = sum(one.weight.shape[:2]) * receptive
        assert one.weight.abs().max().item() == pytest.approx((6 / fans) ** 0.5, rel=0.01)
