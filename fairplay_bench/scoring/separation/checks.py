"""Sanity rows of separation: what the pipeline of masks can reach at best, and what doing nothing gives."""

import torch
from torch import Tensor

from fairplay_bench.dsp.masks import SEGMENT_FRAMES, SEGMENT_SAMPLES, parted, ratio_mask
from fairplay_bench.dsp.stft import NETWORK_BINS, stft
from fairplay_bench.records import ModelCard
from fairplay_bench.scoring.checks import Check


def _by_ratio_masks(sources: Tensor) -> Tensor:
    """Part the mixture of ``(2, ears, samples)`` by the ratio masks of the sources themselves."""
    padded = torch.nn.functional.pad(sources, (0, SEGMENT_SAMPLES))

    def mask_of(window: Tensor, start: int) -> Tensor:
        return ratio_mask(stft(padded[..., start : start + SEGMENT_SAMPLES]), stft(window))

    return parted(sources.sum(dim=0), mask_of)


def _unparted(sources: Tensor) -> Tensor:
    """Part the mixture by masks of ones, which give it back twice."""
    ones = torch.ones(len(sources), sources.shape[1], NETWORK_BINS, SEGMENT_FRAMES)
    return parted(sources.sum(dim=0), lambda window, start: ones)  # noqa: ARG005


SEPARATION_CHECKS = {
    "ratio-mask": Check(ModelCard(name="ratio-mask", kind="check"), _by_ratio_masks),
    "unparted": Check(ModelCard(name="unparted", kind="check"), _unparted),
}
