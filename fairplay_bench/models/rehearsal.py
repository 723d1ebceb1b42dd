"""A mock run on half a second of noise, so that a method that cannot work is told before hours of work."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.errors import BenchError, MethodError
from fairplay_bench.media.ambisonic import AMBISONIC_RATE, CHANNELS
from fairplay_bench.models.interface import Frames, MonoClip, Separator, condition_of
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH, FRAMES_PER_S, SAMPLE_RATE

DURATION_S = 0.5
SOURCES = 2
_LONGEST = 300  # characters of an exception that are shown


class _NoiseFrames(Frames):
    """Pictures of noise."""

    def _image(self, number: int) -> NDArray[np.uint8]:
        return np.random.default_rng(number).integers(0, 256, (FRAME_HEIGHT, FRAME_WIDTH, 3), dtype=np.uint8)


def rehearse(method: object, with_omni: bool = False, call: str = "binauralize") -> None:
    """Check that a method keeps its contract: shape, type, finite values, the same answer twice.

    Args:
        method: the method.
        with_omni: whether the clips to come have a W channel.
        call: the function that is to be called: ``"binauralize"`` or ``"ambisonize"``.

    Raises:
        MethodError: saying what is wrong.
    """
    name = type(method).__name__
    first, second = (_answer(method, name, with_omni, call) for _ in range(2))
    if not torch.equal(first, second):
        raise MethodError(f"{name}: two runs on the same clip differ; set eval mode and fix the seeds.")


def rehearse_separator(method: Separator) -> None:
    """Check that a separator keeps its contract on noise: shape, type, finite values, the same answer twice.

    Args:
        method: the method.

    Raises:
        MethodError: saying what is wrong.
    """
    name, ears = type(method).__name__, 1 if condition_of(method) == "mono" else 2
    mixture = 0.1 * torch.randn(ears, int(DURATION_S * SAMPLE_RATE), generator=torch.Generator().manual_seed(0))
    frames = _NoiseFrames(Path(), round(DURATION_S * FRAMES_PER_S))
    answers = []
    for _ in range(2):
        try:
            answer = method.separate(mixture.clone(), SAMPLE_RATE, (frames, frames))
        except BenchError:
            raise
        except Exception as error:
            raise MethodError(f"{name}: the rehearsal on noise ended in {what_was_raised(error)}; mend it.") from error
        answers.append(checked_sources(answer, mixture.shape, name))
    if not torch.equal(*answers):
        raise MethodError(f"{name}: two runs on the same mixture differ; set eval mode and fix the seeds.")


def checked_sources(answer: Any, mixture: torch.Size, name: str) -> Tensor:
    """Return a separator's answer if it is two finite sounds of the mixture's shape.

    Args:
        answer: what the method gave.
        mixture: shape of the mixture, ``(ears, samples)``.
        name: of the method or mixture, for the message.

    Returns:
        ``(2, ears, samples)``, float32, on the CPU.

    Raises:
        MethodError: saying what is wrong.
    """
    return _checked(answer, (SOURCES, *mixture), name)


def noise_clip(with_omni: bool) -> MonoClip:
    """Half a second of noise with pictures of noise; on request with a W channel too."""
    random = torch.Generator().manual_seed(0)
    mono = 0.1 * torch.randn(int(DURATION_S * SAMPLE_RATE), generator=random)
    omni = 0.1 * torch.randn(int(DURATION_S * AMBISONIC_RATE), generator=random) if with_omni else None
    decoder = torch.tensor([[1.0, 1, 0, 0], [1, -1, 0, 0]], dtype=torch.float64)[:, :, None] if with_omni else None
    frames = _NoiseFrames(Path(), round(DURATION_S * FRAMES_PER_S))
    return MonoClip("rehearsal", mono, SAMPLE_RATE, frames, omni=omni, decoder=decoder)


def _answer(method: object, name: str, with_omni: bool, call: str) -> Tensor:
    if not callable(getattr(method, call, None)):
        raise MethodError(f"{name}: has no {call}(clip), as this task needs; see docs/methods.md.")
    clip = noise_clip(with_omni)
    try:
        answer = getattr(method, call)(clip)
    except BenchError:
        raise
    except Exception as error:
        raise MethodError(f"{name}: the rehearsal on noise ended in {what_was_raised(error)}; mend it.") from error
    if call == "ambisonize" and clip.omni is not None:
        checked, samples, model = checked_field(answer, name), len(clip.omni), "W channel"
    else:
        checked, samples, model = checked_ears(answer, name), len(clip.mono), "mono"
    if checked.shape[1] != samples:
        raise MethodError(f"{name}: expected {samples} samples like the {model}, got {checked.shape[1]}.")
    return checked


def checked_ears(answer: Any, name: str) -> Tensor:
    """Return a method's answer if it is two finite ears.

    Args:
        answer: what the method gave.
        name: of the method or clip, for the message.

    Returns:
        ``(2, samples)``, float32, on the CPU.

    Raises:
        MethodError: saying what is wrong.
    """
    return _checked(answer, (2, None), name)


def checked_field(answer: Any, name: str) -> Tensor:
    """Return a method's answer if it is four finite channels: ``(4, samples)``, float32, on the CPU.

    Raises:
        MethodError: saying what is wrong.
    """
    return _checked(answer, (CHANNELS, None), name)


def _checked(answer: Any, shape: tuple[int | None, ...], name: str) -> Tensor:
    """Return a finite tensor of this shape, in which None may be any length."""
    if not isinstance(answer, Tensor) or not answer.is_floating_point():
        kind = answer.dtype if isinstance(answer, Tensor) else type(answer).__name__
        raise MethodError(f"{name}: expected a floating-point tensor, got {kind}.")
    fits = len(shape) == answer.ndim and all(
        want in (None, have) for want, have in zip(shape, answer.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("samples" if size is None else str(size) for size in shape)
        raise MethodError(f"{name}: expected shape ({wanted}), got {tuple(answer.shape)}.")
    answer = answer.detach().to("cpu", torch.float32)
    if not answer.isfinite().all():
        raise MethodError(f"{name}: NaN or infinite values.")
    return answer


def what_was_raised(error: Exception) -> str:
    """Kind and text of an exception in one line that any file can hold; those of torch can be pages long."""
    text = " ".join(str(error).split()).encode("utf-8", "replace").decode()
    short = f"{text[:_LONGEST]} …" if len(text) > _LONGEST else text
    return f"{type(error).__name__}: {short}" if short else type(error).__name__
