"""The optical flow of pictures that were shifted on purpose."""

import numpy as np
import pytest
import torch

from baselines.ambisonics.flow import flow_picture, optical_flow


def blobs(seed=0, size=(64, 128)):
    """Smooth grey noise, closed from left to right, ``(3, height, width)``, uint8."""
    random = np.random.default_rng(seed).normal(size=size)
    rows, columns = np.fft.fftfreq(size[0])[:, None], np.fft.fftfreq(size[1])[None]
    smooth = np.fft.ifft2(np.fft.fft2(random) * np.exp(-((rows**2 + columns**2) / (2 * 0.05**2)))).real
    grey = 128 + 50 * smooth / smooth.std()
    return torch.from_numpy(np.repeat(grey.clip(0, 255)[None], 3, axis=0).astype(np.uint8))


@pytest.mark.parametrize(("right", "down"), [(3, 0), (-5, 0), (0, 2), (2, -3)])
def test_a_shift_is_found_everywhere_also_across_the_edge(right, down):
    picture = blobs()
    flow = optical_flow(picture, torch.roll(picture, (down, right), dims=(-2, -1)))
    inside = flow[:, 10:-10]  # beyond the poles the shift brings in what belongs to the other one
    assert inside[0].median().item() == pytest.approx(right, abs=0.3)
    assert inside[1].median().item() == pytest.approx(down, abs=0.3)
    edge = inside[0][:, [0, 1, -2, -1]]
    assert edge.median().item() == pytest.approx(right, abs=0.5)


def test_a_still_picture_is_grey_and_black():
    drawn = flow_picture(blobs(), blobs())
    assert drawn.dtype == torch.uint8
    assert (drawn[:2] == 128).all()
    assert (drawn[2] == 0).all()


def test_motion_is_drawn_with_its_sign_and_length():
    picture = blobs()
    drawn = flow_picture(picture, torch.roll(picture, 4, dims=-1)).float()
    assert drawn[0].median().item() == pytest.approx(128 + 127 / 2, abs=6)
    assert drawn[1].median().item() == pytest.approx(128, abs=3)
    assert drawn[2].median().item() == pytest.approx(255 / 2, abs=8)


def test_flat_pictures_do_not_move():
    grey = torch.full((3, 32, 64), 90, dtype=torch.uint8)
    assert (optical_flow(grey, grey + 1).abs() < 1e-3).all()
