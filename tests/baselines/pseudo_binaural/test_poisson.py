"""Poisson blending: the borders of the picture, the differences of the patch, and another implementation."""

import numpy as np
import pytest

from baselines.pseudo_binaural.poisson import _harmonic, blend, filled


def smooth(seed, height, width):
    coarse = np.random.default_rng(seed).uniform(60, 190, (4, 4, 3))
    rows, columns = np.linspace(0, 3, height), np.linspace(0, 3, width)
    along = np.stack([np.stack([np.interp(columns, range(4), row[:, c]) for c in range(3)], -1) for row in coarse])
    return np.stack(
        [np.stack([np.interp(rows, range(4), along[:, x, c]) for c in range(3)], -1) for x in range(width)], 1
    ).astype(np.uint8)


def test_the_difference_to_the_patch_is_harmonic():
    values = np.random.default_rng(0).normal(size=(17, 12, 3))
    result = _harmonic(values)
    neighbours = (result[:-2, 1:-1] + result[2:, 1:-1] + result[1:-1, :-2] + result[1:-1, 2:]) / 4
    assert np.abs(result[1:-1, 1:-1] - neighbours).max() < 1e-12
    assert np.array_equal(result[0], values[0])
    assert np.array_equal(result[:, -1], values[:, -1])


def test_blending_keeps_the_picture_around_and_meets_it_at_the_border():
    picture, patch = smooth(1, 60, 90), smooth(2, 30, 24)
    blended = picture.copy()
    blend(blended, patch, (20, 15, 44, 45))
    changed = (blended != picture).any(axis=2)
    changed[16:44, 21:43] = False
    assert not changed.any()
    assert (blended[16:44, 21:43] != picture[16:44, 21:43]).any()


def test_a_constant_added_to_the_patch_changes_nothing():
    picture, patch = smooth(1, 60, 90), smooth(2, 30, 24)
    results = []
    for added in (0, 25):
        results.append(picture.copy())
        blend(results[-1], patch + np.uint8(added), (20, 15, 44, 45))
    assert np.abs(results[0].astype(int) - results[1]).max() <= 1


def test_it_agrees_with_opencv_about_where_the_colours_go():
    """OpenCV leaves three pixels at the border of a patch and mixes gradients there: the agreement is a rough one."""
    cv2 = pytest.importorskip("cv2", reason="the extra blend is not installed")
    picture, patch = smooth(1, 80, 120), smooth(2, 41, 31)
    ours = picture.copy()
    blend(ours, patch[3:-3, 3:-3].copy(), (43, 23, 68, 58))
    theirs = cv2.seamlessClone(patch, picture, np.full(patch.shape, 255, np.uint8), (55, 40), cv2.NORMAL_CLONE)
    inside = (slice(23, 58), slice(43, 68))
    difference = ours[inside].astype(float) - theirs[inside]
    pasted = patch[3:-3, 3:-3].astype(float) - theirs[inside]
    assert np.sqrt(np.mean(difference**2)) < 0.2 * np.sqrt(np.mean(pasted**2))


def test_filling_continues_the_surroundings():
    picture = np.broadcast_to(np.arange(0, 180, 2, dtype=np.uint8)[None, :, None], (60, 90, 3)).copy()
    hole = picture.copy()
    hole[21:49, 31:59] = 255
    assert np.abs(filled(hole, (30, 20, 60, 50)).astype(int) - picture).max() <= 1
    assert hole[30, 40, 0] == 255


def test_filling_at_an_edge_looks_away_from_it():
    picture = np.full((60, 90, 3), 100, np.uint8)
    picture[31:, 31:59] = 255
    assert (filled(picture, (30, 30, 60, 60)) == 100).all()
    with pytest.raises(ValueError, match="from edge to edge"):
        filled(picture, (0, 20, 90, 40))


@pytest.mark.parametrize("size", [(1, 5), (2, 2), (5, 1)])
def test_patches_without_an_inside_leave_the_picture(size):
    picture = smooth(1, 20, 20)
    same = picture.copy()
    blend(same, np.zeros((*size, 3), np.uint8), (3, 4, 3 + size[1], 4 + size[0]))
    assert np.array_equal(same, picture)
