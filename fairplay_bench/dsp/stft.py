"""The short-time Fourier transform of the field, and its two inverses.

25 ms periodic Hann windows every 10 ms at 16 kHz, zero-padded to 512 points, centred, the ends padded by
reflection. librosa padded so when the papers were written; since 0.9 it pads with zeros, which moves a score by
about 0.1 %. Equals ``librosa.stft(..., pad_mode="reflect")`` to float32 precision.
"""

from typing import Literal

import torch
from torch import Tensor

from fairplay_bench.errors import ShapeError

WINDOW = 400  # 25 ms at 16 kHz
HOP = 160  # 10 ms at 16 kHz
N_FFT = 512
BINS = N_FFT // 2 + 1
NETWORK_BINS = BINS - 1  # networks drop the Nyquist row


def stft(signal: Tensor, pad_mode: Literal["reflect", "constant"] = "reflect") -> Tensor:
    """Short-time Fourier transform with the windows of the field.

    Args:
        signal: ``(..., samples)``, real, 16 kHz, more than 256 samples when padded by reflection.
        pad_mode: how the ends are continued. Scores use ``"reflect"``.

    Returns:
        ``(..., 257, frames)``, complex, with ``1 + samples // 160`` frames.

    Raises:
        ShapeError: if the signal is too short to be padded.
    """
    if signal.shape[-1] <= N_FFT // 2:
        raise ShapeError(f"expected more than {N_FFT // 2} samples for a spectrogram, got {signal.shape[-1]}.")
    window = torch.hann_window(WINDOW, periodic=True, dtype=signal.dtype, device=signal.device)
    flat = signal.reshape(-1, signal.shape[-1])
    spectrogram = torch.stft(
        flat, N_FFT, HOP, WINDOW, window, center=True, pad_mode=pad_mode, normalized=False, return_complex=True
    )
    return spectrogram.reshape(*signal.shape[:-1], *spectrogram.shape[-2:])


def inverse_stft(rows: Tensor, samples: int, n_fft: Literal[510, 512]) -> Tensor:
    """Sound of a predicted spectrogram that lacks its Nyquist row.

    With 512 points a zero Nyquist row is appended, which inverts the transform that was applied. With 510 points the
    256 rows are taken for a 510-point spectrum, as the released scripts of 2.5D Visual Sound and PseudoBinaural do by
    handing them to an inverse that derives its size from the number of rows; published numbers depend on it.

    Args:
        rows: ``(..., 256, frames)``, complex.
        samples: length of the result.
        n_fft: 512, or 510 for the released scripts' way.

    Returns:
        ``(..., samples)``, real, 16 kHz.

    Raises:
        ShapeError: if there are not 256 rows.
    """
    if rows.shape[-2] != NETWORK_BINS:
        raise ShapeError(f"expected {NETWORK_BINS} rows of a spectrogram, got {rows.shape[-2]}.")
    if n_fft == N_FFT:
        rows = torch.cat([rows, torch.zeros_like(rows[..., :1, :])], dim=-2)
    window = torch.hann_window(WINDOW, periodic=True, dtype=rows.real.dtype, device=rows.device)
    flat = rows.reshape(-1, *rows.shape[-2:])
    signal = torch.istft(flat, n_fft, HOP, WINDOW, window, center=True, length=samples)
    return signal.reshape(*rows.shape[:-2], samples)
