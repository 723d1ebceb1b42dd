"""The network can learn: a single second of mini-360, again and again."""

from math import cos, pi

import numpy as np
import torch

from baselines.ambisonics.network import AmbisonicsNet
from baselines.ambisonics.presets import SIZES
from fairplay_bench.datasets.mini_360.picture import pictures
from fairplay_bench.datasets.mini_360.scene import draw_video
from fairplay_bench.datasets.mini_360.sound import field
from fairplay_bench.models.window_pictures import resized
from fairplay_bench.records import V1

SIZE = SIZES["small"]
DATA_SEED, VIDEO, START_S = 5, 3, 3  # a trumpet on a podium, behind at the left
STEPS, RATE = 80, 2e-3


def one_second():
    """Ten windows that follow one another, each with its context and the picture."""
    video = draw_video(DATA_SEED, VIDEO, 1)
    sound = torch.from_numpy(field(video)).float()
    picture = resized(torch.from_numpy(np.array(next(pictures(video)))).permute(2, 0, 1), SIZE.picture)
    starts = [48_000 * START_S + 4_800 * window for window in range(10)]
    return {
        "context": torch.stack([sound[0, start - 24_000 : start + 28_799] for start in starts]),
        "target": torch.stack([sound[1:, start : start + 4_800] for start in starts]),
        "present": torch.ones(10, 3),
        "picture": picture.expand(10, -1, -1, -1),
    }


def test_a_single_repeated_second_is_reproduced():
    batch = one_second()
    torch.manual_seed(0)
    network = AmbisonicsNet(SIZE).to(memory_format=torch.channels_last)  # as trainings have it
    adam = torch.optim.Adam(network.parameters(), lr=RATE)
    slower = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: 0.5 * (1 + cos(pi * step / STEPS)))
    for _ in range(STEPS):
        adam.zero_grad()
        network.loss(batch, V1).backward()
        adam.step()
        slower.step()
    network.eval()
    with torch.inference_mode():
        predicted = network.predict(batch["context"], network.encode(batch["picture"]))
    target = batch["target"]
    error = (predicted - target).square().sum(dim=(0, 2))
    y, _, x = (10 * torch.log10(target.square().sum(dim=(0, 2)) / error)).tolist()
    assert target.abs().amax() > 0.05
    assert min(y, x) > 15, "dB"
