"""Short convolutions: the matrices against products of polynomials, the layers against torch's own."""

import functools
from functools import reduce

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu

from baselines.mono2binaural import fast_layers, products
from baselines.mono2binaural.fast_layers import Gathering, Scattering
from baselines.mono2binaural.paired_rows import PairedRows
from baselines.mono2binaural.products import FixedConvolution, FixedProducts
from baselines.mono2binaural.winograd import (
    FOUR_BY_THREE,
    FOUR_BY_TWO,
    TWO_BY_THREE,
    TWO_BY_TWO,
    combine,
    evaluated_taps,
    transposed,
)

ALGORITHMS = {"4 by 3": FOUR_BY_THREE, "2 by 3": TWO_BY_THREE, "4 by 2": FOUR_BY_TWO, "2 by 2": TWO_BY_TWO}
SIZES = [(1, 5, 7), (3, 8, 2), (2, 13, 12), (5, 2, 3)]


def product(factors):
    return reduce(lambda right, left: left @ right, (np.array(factor, dtype=np.float64) for factor in factors))


@pytest.fixture(params=ALGORITHMS)
def algorithm(request):
    return ALGORITHMS[request.param]


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def channels_first(tensor):
    return tensor.permute(0, 3, 1, 2)


def test_the_matrices_multiply_polynomials(algorithm):
    taps = np.array(algorithm.taps)
    for place in np.eye(algorithm.block):
        for tap in np.eye(taps.shape[1]):
            values = (taps @ tap) * (product(algorithm.points) @ place)
            wanted = np.convolve(place, tap)
            np.testing.assert_allclose(product(algorithm.coefficients) @ values, wanted, atol=1e-14)


def test_there_are_as_many_products_as_coefficients(algorithm):
    taps = len(algorithm.taps[0])
    assert algorithm.size == algorithm.block + taps - 1
    assert product(algorithm.coefficients).shape == (algorithm.size, algorithm.size)


def test_combining_is_multiplying_by_the_matrix(algorithm):
    pieces, out = drawn(algorithm.size, 2, 3), torch.full((algorithm.block, 2, 3), torch.nan)
    combine(transposed(algorithm.points), pieces.unbind(0), out.unbind(0))
    matrix = torch.from_numpy(product(algorithm.points).T).float()
    torch.testing.assert_close(out, torch.einsum("op,pab->oab", matrix, pieces))


def test_taps_go_along_first_and_down_second():
    weight = drawn(4, 3, 3, 2)
    points = list(evaluated_taps(weight, FOUR_BY_THREE, TWO_BY_TWO))
    down, along = torch.tensor(FOUR_BY_THREE.taps), torch.tensor(TWO_BY_TWO.taps, dtype=torch.float32)
    torch.testing.assert_close(
        points[2 * FOUR_BY_THREE.size + 5], torch.einsum("i,cdij,j->cd", down[5], weight, along[2])
    )


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("stride", "taps", "down", "along"),
    [
        (1, 3, FOUR_BY_THREE, FOUR_BY_THREE),
        (2, 4, FOUR_BY_TWO, FOUR_BY_TWO),
        (2, 4, FOUR_BY_TWO, TWO_BY_TWO),
        (2, 4, TWO_BY_TWO, TWO_BY_TWO),
    ],
)
def test_gathering_is_a_convolution(size, stride, taps, down, along):
    inputs, weight, bias = drawn(*size, 6), drawn(5, 6, taps, taps, seed=1), drawn(5, seed=2)
    plain = conv2d(channels_first(inputs), weight, bias, stride, padding=1)
    residual = drawn(*plain.permute(0, 2, 3, 1).shape, seed=3)
    short = Gathering(weight, bias, stride, down, along, slope=0.2)
    torch.testing.assert_close(channels_first(short(inputs)), leaky_relu(plain, 0.2), atol=1e-4, rtol=1e-4)
    wanted = leaky_relu(plain + channels_first(residual), 0.2)
    torch.testing.assert_close(channels_first(short(inputs, residual)), wanted, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("down", "along"), [(FOUR_BY_TWO, FOUR_BY_TWO), (FOUR_BY_TWO, TWO_BY_TWO), (TWO_BY_TWO, TWO_BY_TWO)]
)
def test_scattering_is_a_transposed_convolution(size, down, along):
    count, height, width = size
    inputs, weight, bias = drawn(*size, 6), drawn(6, 5, 4, 4, seed=1), drawn(5, seed=2)
    added = drawn(count, 2 * height, 2 * width, 5, seed=3)
    short = Scattering(weight, bias, down, along)([inputs[..., :2], inputs[..., 2:]], added)
    plain = conv_transpose2d(channels_first(inputs), weight, bias, stride=2, padding=1)
    wanted = (plain + channels_first(added)).relu()
    torch.testing.assert_close(channels_first(short), wanted, atol=1e-4, rtol=1e-4)


def test_an_input_of_cropped_memory_is_convolved_as_its_copy():
    whole = drawn(2, 9, 10, 6)
    short = Gathering(drawn(5, 6, 4, 4), drawn(5), 2, FOUR_BY_TWO, FOUR_BY_TWO)
    torch.testing.assert_close(short(whole[:, 1:-1, 1:-1]), short(whole[:, 1:-1, 1:-1].contiguous()), rtol=0, atol=0)


def test_chunks_change_nothing(monkeypatch):
    inputs, weight, bias = drawn(5, 8, 8, 6), drawn(6, 6, 4, 4, seed=1), drawn(6, seed=2)
    gathering = Gathering(weight, bias, 2, FOUR_BY_TWO, FOUR_BY_TWO)
    scattering = Scattering(weight, bias, FOUR_BY_TWO, FOUR_BY_TWO)
    residual, added = drawn(5, 4, 4, 6, seed=3), drawn(5, 16, 16, 6, seed=4)
    whole = gathering(inputs, residual), scattering([inputs], added)
    monkeypatch.setitem(fast_layers.TILES, torch.float32, 1)
    alone = gathering(inputs, residual), scattering([inputs], added)
    torch.testing.assert_close(alone, whole, atol=1e-5, rtol=1e-5)


def test_a_wide_layer_is_exact_to_single_precision():
    inputs, weight = drawn(1, 14, 28, 256), drawn(256, 256, 3, 3, seed=1)
    short = Gathering(weight, torch.zeros(256), 1, FOUR_BY_THREE, FOUR_BY_THREE)(inputs)
    wanted = conv2d(channels_first(inputs).double(), weight.double(), padding=1).relu()
    assert (channels_first(short) - wanted).norm() / wanted.norm() < 5e-6


def test_halved_precision_takes_small_blocks():
    inputs, weight, bias = drawn(2, 8, 6, 32), drawn(32, 32, 4, 4, seed=1), drawn(32, seed=2)
    short = Scattering(weight, bias, TWO_BY_TWO, TWO_BY_TWO, torch.bfloat16)([inputs.bfloat16()])
    wanted = conv_transpose2d(channels_first(inputs), weight, bias, stride=2, padding=1).relu()
    assert short.dtype == torch.bfloat16
    assert (channels_first(short).float() - wanted).norm() / wanted.norm() < 0.015


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("biased", [True, False])
def test_fixed_products(monkeypatch, dtype, packed, biased):
    if not packed:
        monkeypatch.setattr(products, "has_packing", lambda *_: False)
    left, right = drawn(3, 7, 8).to(dtype), drawn(3, 5, 8, seed=1).to(dtype)
    biases = drawn(3, 5, seed=2).to(dtype)
    made = torch.stack(FixedProducts(right, 9, biases if biased else None)(left))
    wanted = left @ right.transpose(1, 2) + (biases[:, None] if biased else 0)
    close = functools.partial(torch.testing.assert_close, atol=3e-2 if dtype == torch.bfloat16 else 1e-5, rtol=1e-2)
    close(made, wanted)
    less = drawn(7, 5, seed=3).to(dtype)
    close(FixedProducts(right, 9, biases if biased else None).one(1, left[1], less.clone()), wanted[1] - less)


def test_each_of_fixed_products_has_its_factors():
    right, biases = drawn(3, 5, 8), drawn(2, 5)
    with pytest.raises(ValueError, match="shorter"):
        FixedProducts(right, 9)(drawn(2, 7, 8))
    with pytest.raises(ValueError, match="shorter"):
        FixedProducts(right, 9, biases)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, 1e-6), (torch.bfloat16, 0.01)])
def test_paired_rows_are_a_convolution(size, dtype, within):
    inputs, weight, bias = drawn(*size, 6), drawn(8, 6, 3, 3, seed=1), drawn(8, seed=2)
    plain = conv2d(channels_first(inputs), weight, bias, padding=1)
    residual = drawn(*plain.permute(0, 2, 3, 1).shape, seed=3)
    paired = PairedRows(weight, bias, dtype)
    for added, wanted in ((None, plain.relu()), (residual.to(dtype), (plain + channels_first(residual)).relu())):
        made = channels_first(paired(inputs.to(dtype), added)).float()
        assert (made - wanted).norm() / wanted.norm() < within


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("slope", [0.0, 0.2, 1.0])
def test_fixed_convolutions(monkeypatch, dtype, packed, slope):
    if not packed:
        monkeypatch.setattr(products, "has_packing", lambda *_: False)
    inputs, weight, bias = drawn(2, 7, 9, 8), drawn(6, 8, 3, 4, seed=1), drawn(6, seed=2)
    plain = conv2d(channels_first(inputs), weight, bias, (2, 1), (1, 2)).permute(0, 2, 3, 1)
    residual = drawn(*plain.shape, seed=3)
    convolve = FixedConvolution(weight.to(dtype), bias, (2, 1), (1, 2), slope)
    within = 1e-6 if dtype == torch.float32 else 0.01
    for added, wanted in ((None, plain), (residual.to(dtype), plain + residual)):
        made, wanted = convolve(inputs.to(dtype), added).float(), leaky_relu(wanted, slope)
        assert (made - wanted).norm() / wanted.norm() < within


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("packed", [True, False])
def test_fixed_convolutions_of_each_channel_by_itself_without_a_bias(monkeypatch, dtype, packed):
    if not packed:
        monkeypatch.setattr(products, "has_packing", lambda *_: False)
    inputs, weight = drawn(2, 7, 9, 8), drawn(8, 1, 3, 1, seed=1)
    wanted = conv2d(channels_first(inputs), weight, None, (2, 1), (1, 0), groups=8).permute(0, 2, 3, 1)
    convolve = FixedConvolution(weight.to(dtype), None, (2, 1), (1, 0), slope=1.0, groups=8)
    made = convolve(inputs.to(dtype)).float()
    assert (made - wanted).norm() / wanted.norm() < (1e-6 if dtype == torch.float32 else 0.01)
