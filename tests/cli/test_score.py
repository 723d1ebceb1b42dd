"""``score`` on real and made-up files, its messages and exit statuses."""

import json
import os

import numpy as np
import pytest
import soundfile

from fairplay_bench.scoring.pair import score

from .running import finished, run_here, start


def ears(seed, samples=4000):
    rng = np.random.default_rng(seed)
    return (0.1 * rng.normal(size=(samples, 1)) + 0.03 * rng.normal(size=(samples, 2))).astype(np.float32)


@pytest.fixture
def wavs(tmp_path):
    """A function that writes a WAV, ``(samples, channels)``, and gives its path."""

    def write(name, samples, rate=16_000):
        soundfile.write(tmp_path / name, samples, rate, subtype="FLOAT")
        return tmp_path / name

    return write


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("prediction", ["mixed_mono", "predicted_binaural_demo2", "predicted_binaural_AVT"])
def test_the_real_clip_equals_the_golden_numbers(capsys, shared, prediction, normalize):
    golden = json.loads((shared / "golden/metrics_001353.json").read_text())
    wanted = golden[f"001353/{prediction}/peak_normalised={normalize}"]
    folder = shared / "data/fair-play/audio"
    files = folder / f"001353_{prediction}.wav", folder / "001353_input_binaural.wav"
    flag = "--normalize" if normalize else "--no-normalize"
    scores = {}
    for protocol in ("gao2019", "xu2021", "v1"):
        outcome = run_here(capsys, "score", *files, flag, "--protocol", protocol, "--json")
        assert outcome.status == 0
        printed = json.loads(outcome.out)
        assert list(printed) == ["protocol", "scores"]
        assert printed["protocol"] == protocol
        scores[protocol] = printed["scores"]
        for ours, theirs in (("stft", "stft_reflect"), ("env", "env"), ("snr", "snr")):
            if ours in printed["scores"]:
                assert printed["scores"][ours] == pytest.approx(wanted[theirs], rel=1e-5)
    assert scores["xu2021"]["phase"] == pytest.approx(wanted["phase_constant"], abs=2e-4)
    raw = golden[f"001353/{prediction}/peak_normalised=False"]
    assert scores["v1"]["stft_raw"] == pytest.approx(raw["stft_reflect"], rel=1e-5)
    assert scores["v1"]["env_raw"] == pytest.approx(raw["env"], rel=1e-5)


def test_a_table_for_the_eye(capsys, wavs):
    files = wavs("p.wav", ears(1)), wavs("q.wav", ears(2))
    outcome = run_here(capsys, "score", *files)
    lines = dict(line.split(maxsplit=1) for line in outcome.out.splitlines())
    wanted = score(*files)
    assert list(lines) == list(wanted)
    assert lines["snr"].endswith(" dB")
    assert lines["itd"].endswith(" µs")
    for key, line in lines.items():
        assert float(line.split()[0]) == pytest.approx(wanted[key], rel=1e-4)
    assert outcome.err == ""


def test_v1_and_normalising_are_the_default(capsys, wavs):
    files = wavs("p.wav", ears(1)), wavs("q.wav", 0.1 * ears(2))
    printed = json.loads(run_here(capsys, "score", *files, "--json").out)
    assert printed == {"protocol": "v1", "scores": score(*files, "v1", normalize=True)}


def test_one_channel_is_given_to_both_ears_with_a_message(capsys, wavs):
    target = wavs("q.wav", ears(2))
    mono = ears(1)[:, :1]
    doubled = run_here(capsys, "score", wavs("two.wav", np.repeat(mono, 2, axis=1)), target, "--json")
    outcome = run_here(capsys, "score", wavs("one.wav", mono), target, "--json")
    assert json.loads(outcome.out) == json.loads(doubled.out)
    assert outcome.err.endswith("one.wav: one channel, given to both ears.\n")
    assert doubled.err == ""


def test_one_channel_is_no_target(capsys, wavs):
    outcome = run_here(capsys, "score", wavs("p.wav", ears(1)), wavs("q.wav", ears(2)[:, :1]))
    assert outcome.status == 1
    assert outcome.error.endswith("q.wav: 1 channel(s), expected two ears, left first.")


def test_what_has_no_score_is_null(capsys, wavs):
    files = wavs("p.wav", ears(1)), wavs("q.wav", np.zeros((4000, 2)))
    printed = json.loads(run_here(capsys, "score", *files, "--json").out)
    assert printed["scores"]["ild"] is printed["scores"]["itd"] is None
    outcome = run_here(capsys, "score", *files)
    assert outcome.status == 0
    assert "ild       undefined" in outcome.out.splitlines()


@pytest.mark.parametrize(("change", "status"), [(160, 0), (-160, 0), (161, 1), (-161, 1)])
def test_lengths(capsys, wavs, change, status):
    outcome = run_here(capsys, "score", wavs("p.wav", ears(1, 4000 + change)), wavs("q.wav", ears(2)))
    assert outcome.status == status
    if status:
        assert outcome.error.endswith(
            f"p.wav has {4000 + change} samples, its target 4000; make it as long, 160 more or less at most."
        )


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("name", "samples", "rate", "reason"),
    [
        ("fast.wav", ears(1), 48_000, "fast.wav: at 48000 Hz, expected 16000 Hz; resample it first."),
        ("three.wav", np.zeros((4000, 3)), 16_000, "three.wav: 3 channel(s), expected two ears, left first."),
        ("nan.wav", np.full((4000, 2), np.nan), 16_000, "nan.wav: NaN or infinite from sample 0 (0.000 s); repair or "),
        ("none.wav", None, None, "none.wav: "),
        ("empty.wav", b"", None, "empty.wav: the file is empty; "),
        ("text.wav", b"no sound", None, "text.wav: not a sound file that can be read"),
        ("lfs.wav", b"version https://git-lfs.github.com/spec/v1\n", None, "lfs.wav: a git-LFS pointer, not the file"),
        ("cut.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ", None, "cut.wav: "),
        ("bare.wav", np.zeros((0, 2)), 16_000, "bare.wav: "),
    ],
)
def test_bad_files_get_one_line(capsys, wavs, tmp_path, which, name, samples, rate, reason):
    bad = tmp_path / name
    if isinstance(samples, bytes):
        bad.write_bytes(samples)
    elif samples is not None:
        wavs(name, samples, rate)
    files = [wavs("good.wav", ears(2))] * 2
    files[which] = bad
    outcome = run_here(capsys, "score", *files, "--json")
    assert outcome.status == 1
    assert reason in outcome.error
    assert outcome.out == ""


def test_too_short_for_a_spectrogram(capsys, wavs):
    outcome = run_here(capsys, "score", wavs("p.wav", ears(1, 200)), wavs("q.wav", ears(2, 200)))
    assert (outcome.status, "more than 256 samples" in outcome.error) == (1, True)


def test_an_unknown_protocol_is_said_before_files_are_opened(capsys):
    outcome = run_here(capsys, "score", "no.wav", "none.wav", "--protocol", "xu2020")
    assert outcome.status == 2
    assert outcome.error == "unknown protocol 'xu2020'. Did you mean 'xu2021'? Known: gao2019, v1, xu2021."


@pytest.mark.parametrize(
    "arguments", [(), ("one.wav",), ("a", "b", "c"), ("a", "b", "--loud"), ("a", "b", "--protocol")]
)
def test_wrong_usage(capsys, arguments):
    outcome = run_here(capsys, "score", *arguments)
    assert outcome.status == 2
    assert outcome.error.endswith(" --help'.")
    assert outcome.out == ""


def test_exit_statuses_of_the_program_itself(wavs):
    good, bad = wavs("schön gut.wav", ears(1)), wavs("bad.wav", np.full((4000, 2), np.nan))
    processes = [
        start("score", good, good, "--json"),
        start("score", bad, good, "--json"),
        start("score", good, good, "--protocol", "v2"),
    ]
    done, failed, wrong = map(finished, processes)
    assert (done.status, failed.status, wrong.status) == (0, 1, 2)
    assert json.loads(done.out)["scores"]["stft"] == 0
    assert "Traceback" not in failed.err + wrong.err
    assert failed.out == wrong.out == ""


def test_debug_shows_where_an_error_comes_from(wavs):
    bad = wavs("bad.wav", np.full((4000, 2), np.nan))
    outcome = finished(start("--debug", "score", bad, bad, env=os.environ | {"OMP_NUM_THREADS": "1"}))
    assert outcome.status == 1
    assert "Traceback" in outcome.err
