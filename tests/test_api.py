"""The Python interface as a user meets it: four functions, a method of one's own, a plain script."""

import subprocess
import sys

import numpy as np
import pytest
import soundfile
import torch

import fairplay_bench

from .scoring.prepared_sets import rooms, write_set

CLIPS = ("a", "b", "c")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_set(tmp_path_factory.mktemp("api") / "mini", rooms(*CLIPS), name="mini", split_set="seeded")


class Mine:
    """The least a method can be."""

    def binauralize(self, clip):
        return torch.stack([clip.mono, clip.mono])


def test_four_functions_and_nothing_else():
    assert fairplay_bench.__all__ == ["evaluate", "load_dataset", "load_model", "score"]
    for name in fairplay_bench.__all__:
        function = getattr(fairplay_bench, name)
        assert function.__name__ == name
        assert function.__doc__
        assert "Args:" in function.__doc__
    with pytest.raises(AttributeError, match=r"^module 'fairplay_bench' has no attribute 'evalaute'$"):
        _ = fairplay_bench.evalaute


def test_importing_is_light():
    code = "import sys, fairplay_bench; print(*{'torch', 'numpy', 'scipy', 'pandas', 'datasets'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""


def test_a_method_of_ones_own(data):
    result = fairplay_bench.evaluate(Mine(), data)
    assert result.card.name == "Mine"
    assert [clip.clip_id for clip in result.clips] == list(CLIPS)
    assert not result.failed
    assert result.model_dump(exclude={"card", "created"}) == fairplay_bench.evaluate("mono-mono", str(data)).model_dump(
        exclude={"card", "created"}
    )


def test_a_method_with_a_card(data):
    from fairplay_bench.records import ModelCard

    method = Mine()
    method.card = ModelCard("Better", version="3", paper="Me, 2026")
    assert fairplay_bench.evaluate(method, data).card == method.card


def test_a_loaded_method(data):
    method = fairplay_bench.load_model("mono-mono")
    assert fairplay_bench.evaluate(method, data).card.name == "Mono-Mono"


def test_a_folder_of_predictions(data):
    result = fairplay_bench.evaluate(f"predictions:{data / 'audio'}", data)
    assert result.metrics["stft"].mean == 0


def test_score_takes_arrays_and_paths(tmp_path):
    target = rooms("a")["a"]
    predicted = np.stack([target.mean(axis=0)] * 2)
    soundfile.write(tmp_path / "p.wav", predicted.T, 16_000, subtype="FLOAT")
    soundfile.write(tmp_path / "q.wav", target.T, 16_000, subtype="FLOAT")
    scores = fairplay_bench.score(predicted, target)
    assert scores == fairplay_bench.score(tmp_path / "p.wav", tmp_path / "q.wav")
    assert scores == fairplay_bench.score(torch.from_numpy(predicted), str(tmp_path / "q.wav"))
    assert list(fairplay_bench.score(predicted, target, protocol="gao2019", normalize=False)) == ["stft", "env"]


SCRIPT = """
import sys

import fairplay_bench


class Mine:
    def binauralize(self, clip):
        return clip.mono.expand(2, -1)


print("once")
print(fairplay_bench.evaluate(Mine(), sys.argv[1]).metrics["stft"].mean)
"""


def test_a_plain_script_needs_no_guard(data, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, tmp_path / "script.py", data]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    once, mean = done.stdout.split()
    assert once == "once"
    assert float(mean) == pytest.approx(fairplay_bench.evaluate(Mine(), data).metrics["stft"].mean, rel=1e-5)
    assert done.stderr == ""
