"""Wanted maps and how far heard ones are from them."""

import pytest
import torch

from baselines.l2bnet.maps import Place, blobs, disagreement, peak, place_of_box

LEFT, RIGHT = place_of_box(40, 80, 80, 140), place_of_box(360, 80, 80, 140)


def test_a_blob_is_a_gaussian_in_the_middle_of_its_box():
    wanted = blobs([LEFT])
    assert wanted.sum() == pytest.approx(1)
    x, y = peak(wanted)
    assert (x, y) == pytest.approx((80 / 480, 150 / 240), abs=1 / 64)
    columns = (torch.arange(128) + 0.5) / 128 * 480
    across = wanted.sum(dim=0)
    mean = float((across * columns).sum())
    assert mean == pytest.approx(80, abs=0.5)
    assert float((across * (columns - mean) ** 2).sum()) ** 0.5 == pytest.approx(20, rel=0.02)  # a quarter of its width


def test_several_sources_share_the_map():
    wanted = blobs([LEFT, RIGHT])
    assert wanted.sum() == pytest.approx(1)
    assert wanted[:, :64].sum() == pytest.approx(0.5, abs=1e-3)
    torch.testing.assert_close(wanted, (blobs([LEFT]) + blobs([RIGHT])) / 2)
    assert blobs([]).sum() == 0


def test_a_place_holds_its_points():
    assert LEFT.holds(80 / 480, 150 / 240)
    assert not LEFT.holds(80 / 480, 70 / 240)
    assert not LEFT.holds(130 / 480, 150 / 240)
    assert Place(0, 0, 1, 1).holds(0, 1)


def test_disagreement_is_the_divergence():
    wanted = blobs([LEFT])[None]
    same = (wanted + 1e-30).log()
    assert disagreement(same, wanted) == pytest.approx(0, abs=1e-4)
    assert disagreement(torch.zeros_like(wanted), wanted) == pytest.approx(
        float((wanted[wanted > 0] * (wanted[wanted > 0] * 64 * 128).log()).sum()), rel=1e-4
    )
    near, far = (blobs([place])[None].clamp(min=1e-6).log() for place in (place_of_box(60, 80, 80, 140), RIGHT))
    assert 0 < disagreement(near, wanted) < disagreement(far, wanted)


def test_maps_of_which_nothing_is_known_are_passed_over():
    wanted = torch.stack([blobs([LEFT]), blobs([])])
    logits = torch.randn(2, 64, 128, requires_grad=True)
    loss = disagreement(logits, wanted)
    torch.testing.assert_close(loss, disagreement(logits[:1], wanted[:1]))
    loss.backward()
    assert logits.grad[1].abs().max() == 0
    assert disagreement(logits, torch.zeros(2, 64, 128)) == 0
