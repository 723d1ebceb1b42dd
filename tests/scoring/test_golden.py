"""The numbers of the reference implementations on a real clip."""

import json

import pytest
import soundfile
import torch

from fairplay_bench.dsp.level import peak_normalized
from fairplay_bench.dsp.stft import stft
from fairplay_bench.scoring.pair import score
from fairplay_bench.scoring.phase_distance import phase_distance

PREDICTIONS = ("mixed_mono", "predicted_binaural_demo2", "predicted_binaural_AVT")
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def golden(shared):
    return json.loads((shared / "golden" / "metrics_001353.json").read_text())


@pytest.fixture(scope="module")
def ears(shared):
    def read(name):
        samples, rate = soundfile.read(shared / "data/fair-play/audio" / f"001353_{name}.wav", dtype="float32")
        assert rate == 16_000
        sound = torch.from_numpy(samples.T.copy())
        return sound.expand(2, -1) if sound.ndim == 1 else sound

    return read


def expected(golden, prediction, normalize):
    return golden[f"001353/{prediction}/peak_normalised={normalize}"]


def test_nothing_golden_is_left_out(golden):
    assert len(golden) == 2 * len(PREDICTIONS)


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_scores(golden, ears, prediction, normalize):
    wanted = expected(golden, prediction, normalize)
    scores = score(ears(prediction), ears("input_binaural"), "xu2021", normalize)
    assert scores["stft"] == pytest.approx(wanted["stft_reflect"], rel=TOLERANCE)
    assert scores["mag"] == pytest.approx(2 * wanted["stft_reflect"], rel=TOLERANCE)
    assert scores["env"] == pytest.approx(wanted["env"], rel=TOLERANCE)
    assert scores["snr"] == pytest.approx(wanted["snr"], rel=TOLERANCE)
    assert scores["phase"] == pytest.approx(wanted["phase_constant"], abs=2e-4)  # golden with zeros, ours reflects
    assert score(ears(prediction), ears("input_binaural"), "gao2019", normalize) == {
        key: scores[key] for key in ("stft", "env")
    }
    v1 = score(ears(prediction), ears("input_binaural"), "v1", normalize)
    assert {key: v1[key] for key in ("stft", "env", "phase", "snr")} == {
        key: scores[key] for key in ("stft", "env", "phase", "snr")
    }


@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_raw_twins(golden, ears, prediction):
    wanted = expected(golden, prediction, False)
    scores = score(ears(prediction), ears("input_binaural"), "v1")
    assert scores["stft_raw"] == pytest.approx(wanted["stft_reflect"], rel=TOLERANCE)
    assert scores["env_raw"] == pytest.approx(wanted["env"], rel=TOLERANCE)


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_zero_padding(golden, ears, prediction, normalize):
    wanted = expected(golden, prediction, normalize)
    p, q = ears(prediction), ears("input_binaural")
    if normalize:
        p, q = peak_normalized(p), peak_normalized(q)
    difference = stft(p, "constant") - stft(q, "constant")
    distance = float(difference.abs().square().mean(dim=(-2, -1)).sum() / 2)
    assert distance == pytest.approx(wanted["stft_constant"], rel=TOLERANCE)
    assert float(phase_distance(p, q, "constant")) == pytest.approx(wanted["phase_constant"], rel=TOLERANCE)
