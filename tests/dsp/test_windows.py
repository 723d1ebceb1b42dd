"""Windows, the frames that belong to them, and overlap-add, as the protocols say."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fairplay_bench.dsp.windows import WINDOW_SAMPLES, overlap_add, window_centre_s, window_starts
from fairplay_bench.errors import ShapeError
from fairplay_bench.models.interface import Frames
from fairplay_bench.records import PROTOCOLS

HOPS = {"gao2019": 800, "xu2021": 1600, "v1": 800}


def test_length_of_a_window():
    assert int(0.63 * 16_000) == WINDOW_SAMPLES == 10_080


def literal_starts(samples, hop):
    """The rule read aloud: 0, hop, 2 hop, … while start + 10080 < n; then one more that ends exactly at n."""
    starts, start = [], 0
    while start + 10_080 < samples:
        starts.append(start)
        start += hop
    return [*starts, samples - 10_080]


@pytest.mark.parametrize("samples", [10_080, 10_081, 10_880, 10_881, 11_680, 159_744, 160_000, 160_085])
@pytest.mark.parametrize("protocol", sorted(HOPS))
def test_starts(samples, protocol):
    hop = round(PROTOCOLS[protocol].hop_s * 16_000)
    assert hop == HOPS[protocol]
    assert window_starts(samples, hop) == literal_starts(samples, hop)


def test_ten_seconds_by_hand():
    starts = window_starts(160_000, 800)
    assert starts[:3] == [0, 800, 1600]
    assert starts[-2:] == [148_800 + 800, 149_920]  # 149 600 + 10 080 < 160 000; the last one ends there
    assert len(starts) == 189


def test_a_multiple_of_the_hop_has_no_window_twice():
    assert window_starts(10_080 + 1600, 800) == [0, 800, 1600]


@pytest.mark.parametrize("samples", [1, 257, 10_079, 10_080])
def test_a_short_clip_has_one_window(samples):
    assert window_starts(samples, 800) == [0]


@pytest.mark.parametrize("samples", [11_000, 159_744, 160_000, 160_085])
def test_frame_numbers(samples):
    duration = samples / 16_000
    frames = Frames("nowhere", round(10 * duration))
    starts = window_starts(samples, 1600)
    for start in starts[:-1]:
        centre = start / 16_000 + 0.63 / 2
        assert frames.number_at(window_centre_s(start, 16_000)) == min(round((centre + 0.05) * 10), frames.count)
    last = round((duration - 0.315 + 0.05) * 10)
    assert frames.number_at(window_centre_s(starts[-1], 16_000)) == min(last, frames.count)


def test_frame_numbers_by_hand():
    frames = Frames("nowhere", 100)
    assert [frames.number_at(time) for time in (0.0, 0.04, 0.31, 0.315, 9.685, 9.96, 30.0, -2.0)] == [
        1,  # round(0.5) is 0 by Python's rule; numbers start at 1
        1,
        4,
        4,
        97,
        100,
        100,
        1,
    ]


@settings(deadline=None, max_examples=25)
@given(samples=st.integers(1, 60_000), hop=st.sampled_from([800, 1600]), seed=st.integers(0, 2**16))
def test_overlap_add_puts_a_signal_together_again(samples, hop, seed):
    signal = torch.randn(2, samples, generator=torch.Generator().manual_seed(seed))
    padded = torch.nn.functional.pad(signal, (0, max(0, WINDOW_SAMPLES - samples)))
    starts = window_starts(samples, hop)
    pieces = (padded[:, start : start + WINDOW_SAMPLES] for start in starts)
    torch.testing.assert_close(overlap_add(pieces, starts, samples), signal)


def test_overlaps_are_averaged():
    pieces = [torch.tensor([[2.0, 2.0, 2.0]]), torch.tensor([[4.0, 6.0, 6.0]]), torch.tensor([[9.0, 9.0, 9.0]])]
    got = overlap_add(pieces, [0, 1, 2], 7)
    torch.testing.assert_close(got, torch.tensor([[2.0, 3.0, 17 / 3, 7.5, 9.0, 0.0, 0.0]]))


def test_what_reaches_beyond_the_end_is_cut():
    torch.testing.assert_close(overlap_add([torch.arange(5.0)], [0], 3), torch.tensor([0.0, 1.0, 2.0]))


def test_keeps_the_type_of_its_pieces():
    assert overlap_add([torch.ones(4, dtype=torch.float64)], [0], 4).dtype == torch.float64


@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_as_many_pieces_as_starts(pieces):
    with pytest.raises(ShapeError, match=rf"^expected 2 windows to put together, got {pieces}\.$"):
        overlap_add([torch.zeros(4)] * pieces, [0, 2], 6)
