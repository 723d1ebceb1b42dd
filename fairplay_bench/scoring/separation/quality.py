r"""``sdr``, ``sir``, ``sar``: how much of each source an estimate holds, how much of the other, how much of neither.

``mir_eval`` projects an estimate onto the true sources, each filtered by 512 taps: what lies in the span of its own
source is signal, what lies in that of the other is interference, the rest artefacts; ratios of energies, in dB. Sounds
of two ears are scored ear by ear and the ears averaged. The paper does not say how it scored binaural estimates; this
is this suite's definition. Beside it ``sdr_images``, which projects both ears of an estimate together and does not
forgive a wrong filter, so that it hears whether a source stayed where it was.

References:
    Vincent, Gribonval and Févotte, Performance measurement in blind audio source separation, IEEE TASLP 14(4), 2006.
    Raffel et al., mir_eval, ISMIR 2014; its module ``separation``, which version 0.9 drops.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from fairplay_bench.errors import PredictionError, ShapeError
from fairplay_bench.scoring.pair import Scores

Array = NDArray[np.float64]
EARS = 2


def separation_scores(predicted: Tensor, target: Tensor) -> Scores:
    """Score the parts of one mixture, whose sources are the targets.

    Args:
        predicted: ``(2 sources, ears, samples)``, one or two ears.
        target: same shape; their sum is the mixture.

    Returns:
        Means over the sources, in dB: ``sdr``, ``sir``, ``sar``, each averaged over the ears too; ``sdr_mixture``, that
        of the unprocessed mixture; ``sdr_improvement``, what was gained over it; ``sdr_images``, None for one ear or
        where it is infinite.

    Raises:
        ShapeError: if the shapes differ or are not of two sources and one or two ears.
        PredictionError: if a sound is silent or a score is not finite, so that the mixture cannot be scored.
    """
    if predicted.shape != target.shape:
        raise ShapeError(f"expected one shape, got predicted {tuple(predicted.shape)}, target {tuple(target.shape)}.")
    if target.ndim != 3 or len(target) != 2 or target.shape[1] not in (1, EARS) or not target.shape[2]:
        raise ShapeError(f"expected (2 sources, 1 or 2 ears, samples), got {tuple(target.shape)}.")
    estimates, sources = (sound.detach().cpu().double().numpy() for sound in (predicted, target))
    for name, sounds in (("its true source", sources), ("the estimate of source", estimates)):
        _refuse_silence(sounds, name)
    mixture = np.broadcast_to(sources.sum(axis=0), sources.shape)
    sdr, sir, sar = _by_ear(sources, estimates)
    before = _by_ear(sources, mixture)[0]
    scores = {"sdr": sdr, "sir": sir, "sar": sar, "sdr_mixture": before, "sdr_improvement": sdr - before}
    for key, value in scores.items():
        if not np.isfinite(value):
            raise PredictionError(f"unscorable: its {key} is not finite; are its sources alike?")
    return {**scores, "sdr_images": _images(sources, estimates)}


def _by_ear(sources: Array, estimates: Array) -> tuple[float, float, float]:
    """SDR, SIR and SAR, averaged over sources and ears."""
    ears = [_evaluated("bss_eval_sources", sources[:, ear], estimates[:, ear])[:3] for ear in range(sources.shape[1])]
    sdr, sir, sar = (float(value) for value in np.mean(ears, axis=(0, 2)))
    return sdr, sir, sar


def _images(sources: Array, estimates: Array) -> float | None:
    if sources.shape[1] != EARS:
        return None
    sdr = np.mean(_evaluated("bss_eval_images", sources.swapaxes(1, 2), estimates.swapaxes(1, 2))[0])
    return float(sdr) if np.isfinite(sdr) else None


def _evaluated(name: str, sources: Array, estimates: Array) -> tuple[Array, ...]:
    from mir_eval import separation

    function: Callable[..., Any] = getattr(separation, name)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", f"mir_eval.separation.{name}\n.*Deprecated", FutureWarning)
            values: tuple[Array, ...] = function(sources, estimates, compute_permutation=False)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise PredictionError(f"unscorable: {' '.join(str(error).split())}") from error
    return values


def _refuse_silence(sounds: Array, name: str) -> None:
    silent = [(number, ear) for number, ear in np.ndindex(sounds.shape[:2]) if not sounds[number, ear].any()]
    if silent:
        number, ear = silent[0]
        where = "" if sounds.shape[1] == 1 else f" at the {('left', 'right')[ear]} ear"
        raise PredictionError(f"unscorable: {name} {number + 1} is silent{where}.")
