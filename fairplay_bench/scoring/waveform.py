"""``snr`` and ``wav``: distances of the waveforms themselves."""

from torch import Tensor

from fairplay_bench.scoring.ears import check_ears

SNR_FLOOR = 1e-4  # of the released code: bounds the ratio of silent or perfect predictions


def signal_to_noise_ratio(predicted: Tensor, target: Tensor) -> Tensor:
    r"""Energy of the target over that of the error, both ears pooled.

    .. math:: 10 \log_{10} \frac{\overline{q^2} + 10^{-4}}{\overline{(p - q)^2} + 10^{-4}}

    Args:
        predicted: ``(..., 2, samples)``, left ear first.
        target: same shape as ``predicted``.

    Returns:
        ``(...)``, dB, higher is better.

    Raises:
        ShapeError: if the shapes differ or the ear axis is not 2.

    References:
        Xu et al., PseudoBinaural, CVPR 2021; the evaluation script of its code.
    """
    check_ears(predicted, target)
    signal = target.square().mean(dim=(-2, -1)) + SNR_FLOOR
    noise = (predicted - target).square().mean(dim=(-2, -1)) + SNR_FLOOR
    return 10 * (signal / noise).log10()


def waveform_distance(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of the samples, summed over the ears, times 1000 as papers since 2023 print it.

    Args:
        predicted: ``(..., 2, samples)``, left ear first.
        target: same shape as ``predicted``.

    Returns:
        ``(...)``, thousandths of the squared unit of the signal.

    Raises:
        ShapeError: if the shapes differ or the ear axis is not 2.
    """
    check_ears(predicted, target)
    return 1000 * (predicted - target).square().mean(dim=-1).sum(dim=-1)
