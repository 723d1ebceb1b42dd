"""Whole sounds: windows put together, each picture encoded once, flat memory."""

import pytest
import torch

from baselines.ambisonics.inference import BATCH, Predictor
from baselines.ambisonics.network import AmbisonicsNet
from fairplay_bench.errors import MediaError

from .conftest import TINY

CPU = torch.device("cpu")


class Pictures:
    """A picture for each tenth of a second, which counts how often it was asked for."""

    def __init__(self, size=(32, 64)):
        self.size, self.asked = size, []

    def number_at(self, time_s):
        return max(1, round((time_s + 0.05) * 10))

    def at(self, time_s):
        self.asked.append(self.number_at(time_s))
        random = torch.Generator().manual_seed(self.asked[-1])
        return torch.randint(256, (3, *self.size), generator=random, dtype=torch.uint8)


def omni(samples, seed=0):
    return 0.1 * torch.randn(samples, generator=torch.Generator().manual_seed(seed))


def predict(network, sound, pictures=None):
    return torch.cat(list(Predictor(network, CPU).stream(sound, pictures or Pictures())), dim=1)


@pytest.mark.parametrize("samples", [3 * 48_000, 100_001, 9_600, 700])
def test_each_window_is_what_the_network_says_of_it(tiny_network, samples):
    sound, pictures = omni(samples), Pictures()
    field = predict(tiny_network, sound)
    assert field.shape == (4, samples)
    assert torch.equal(field[0], sound)
    around = torch.cat([torch.zeros(24_000), sound, torch.zeros(60_000)])
    for window in range(-(-samples // 4_800)):
        start = 4_800 * window
        seen = tiny_network.encode(pictures.at((start + 2_400) / 48_000)[None])
        wanted = tiny_network.predict(around[None, start : start + 52_799], seen)[0]
        stop = min(start + 4_800, samples)
        torch.testing.assert_close(field[1:, start:stop], wanted[:, : stop - start], atol=1e-5, rtol=1e-4)


def test_each_picture_is_encoded_once(tiny_network):
    pictures = Pictures()
    pictures.number_at = lambda time_s: max(1, round((time_s + 0.05) * 10)) // 4 + 1  # windows share pictures
    predict(tiny_network, omni(48_000 * 4), pictures)
    assert pictures.asked == list(range(1, 12))


def test_pieces_leave_as_they_are_finished(tiny_network):
    pictures = Pictures()
    stream = Predictor(tiny_network, CPU).stream(omni(48_000 * 60), pictures)
    assert next(stream).shape == (4, BATCH * 4_800)
    assert len(pictures.asked) == BATCH
    assert not torch.is_inference_mode_enabled()


def test_silence_stays_silent(tiny_network):
    sound = omni(48_000 * 4)
    sound[48_000:] = 0
    field = predict(tiny_network, sound)
    assert field[1:, : 48_000 + 19_200].any(dim=1).all()
    assert not field[:, 48_000 + 28_800 :].any()  # the last sound has left the context


def test_the_flow_is_that_to_the_next_picture():
    from dataclasses import replace

    torch.manual_seed(4)
    network, pictures = AmbisonicsNet(replace(TINY, flow=True)).eval(), Pictures()
    predict(network, omni(14_400), pictures)
    assert pictures.asked == [1, 2, 2, 3, 3, 4]


def test_pictures_are_scaled_and_must_be_whole_spheres(tiny_network):
    assert predict(tiny_network, omni(4_800), Pictures((64, 128))).shape == (4, 4_800)
    with pytest.raises(MediaError, match="picture 1: 64 × 48, but a picture of the whole sphere"):
        predict(tiny_network, omni(4_800), Pictures((48, 64)))
