"""Task ambisonics of an evaluation: methods by their shape, what they are given, what fails, what it writes."""

import re

import numpy as np
import pytest
import soundfile
import torch

from fairplay_bench.errors import MethodError, OptionError, OutputError, ResultError, UnknownNameError
from fairplay_bench.models.interface import Ambisonizer, Binauralizer
from fairplay_bench.models.rehearsal import rehearse
from fairplay_bench.records import ModelCard
from fairplay_bench.results.files import read_result, write_result
from fairplay_bench.scoring.ambisonics import score_field
from fairplay_bench.scoring.metrics import FIELD_METRICS
from fairplay_bench.scoring.run import evaluate
from leaderboard.markdown import markdown_table

from .field_sounds import plane_wave
from .prepared_sets import rooms, write_set

CLIPS = ("a", "b", "c")
SECONDS = 0.5


def field_of(number, *, height=True):
    """Noise from a direction of each clip's own, high up unless that was not recorded."""
    field = plane_wave(60 * number, 30 if height else 0, SECONDS, seed=number).float().numpy()
    if not height:
        field[2] = 0
    return field


@pytest.fixture(scope="module")
def fields():
    return {clip: field_of(number, height=clip != "c") for number, clip in enumerate(CLIPS)}


@pytest.fixture(scope="module")
def data(tmp_path_factory, fields):
    folder = tmp_path_factory.mktemp("field") / "mini-360"
    videos = {"a": "v", "b": "v", "c": "w"}
    return write_set(folder, rooms(*CLIPS), {1: ["a", "c"], 2: ["b"]}, videos, "mini-360", "seeded", fields)


class Ahead:
    """Puts all of the sound in front."""

    card = ModelCard(name="Ahead")

    def ambisonize(self, clip):
        return torch.stack([clip.omni, 0 * clip.omni, 0 * clip.omni, clip.omni])


def run(method, data, **options):
    return evaluate(method, data, task="ambisonics", **options)


def test_a_method_is_known_by_its_shape():
    assert isinstance(Ahead(), Ambisonizer)
    assert not isinstance(Ahead(), Binauralizer)


def test_scores_are_those_of_the_metrics(data, fields):
    result = run(Ahead(), data)
    assert (result.task, result.protocol, result.card.name, result.failed) == ("ambisonics", "v1", "Ahead", [])
    assert list(result.metrics) == list(FIELD_METRICS) == ["field_stft", "field_env", "emd", "emd_raw"]
    assert [(clip.split, clip.clip_id, clip.video_id) for clip in result.clips] == [
        (1, "a", "v"),
        (1, "c", "w"),
        (2, "b", "v"),
    ]
    for clip in result.clips:
        target = torch.from_numpy(fields[clip.clip_id])
        ahead = torch.stack([target[0], 0 * target[0], 0 * target[0], target[0]])
        assert clip.scores == pytest.approx(score_field(ahead, target), rel=1e-6)
    assert result.metrics["emd"].unit == "rad"


def test_a_method_that_knows_it_all_errs_nowhere(data, fields):
    class Oracle:
        def ambisonize(self, clip):
            found = [one for one in fields.values() if np.array_equal(one[0], clip.omni.numpy())]
            return torch.from_numpy(found[0]) if found else clip.omni.expand(4, -1)

    result = run(Oracle(), data)
    assert all(score == 0.0 for clip in result.clips for score in clip.scores.values())


def test_a_height_that_was_not_recorded_is_not_held_against_a_method(data):
    class High(Ahead):
        def ambisonize(self, clip):
            field = super().ambisonize(clip)
            field[2] = clip.omni
            return field

    plain, high = ({clip.clip_id: clip.scores for clip in run(one, data).clips} for one in (Ahead(), High()))
    assert plain["c"] == high["c"]
    assert plain["a"] != high["a"]


def test_a_method_hears_w_alone_and_sees_the_pictures(data, fields):
    given = {}

    class Curious(Ahead):
        def ambisonize(self, clip):
            given[clip.clip_id] = clip.omni.numpy().copy(), clip.frames.count, len(clip.mono)
            clip.omni.zero_()
            return torch.zeros(4, len(clip.omni))

    result = run(Curious(), data)
    for clip in CLIPS:
        omni, frames, mono = given[clip]
        np.testing.assert_array_equal(omni, fields[clip][0])
        assert (frames, mono) == (5, 8000)
    assert not result.failed


@pytest.mark.parametrize("surplus", [-480, 0, 480])
def test_lengths_may_be_ten_milliseconds_off(data, surplus):
    class Long(Ahead):
        def ambisonize(self, clip):
            field = super().ambisonize(clip)
            return torch.nn.functional.pad(field, (0, surplus if clip.clip_id != "rehearsal" else 0))

    assert not run(Long(), data).failed


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda field: field[:, :-481], "the prediction has 23519 samples, its target 24000"),
        (lambda field: field[:3], r"expected shape \(4, samples\), got \(3, 24000\)"),
        (lambda field: field / 0, "NaN or infinite values"),
        (lambda _: 1 / 0, "the method raised ZeroDivisionError"),
    ],
)
def test_a_bad_answer_fails_its_clip_alone(data, answer, reason):
    class Failing(Ahead):
        def ambisonize(self, clip):
            field = super().ambisonize(clip)
            return answer(field) if clip.clip_id == "b" else field

    result = run(Failing(), data)
    (failed,) = result.failed
    assert (failed.clip_id, failed.scores) == ("b", {})
    assert re.search(reason, failed.failed)
    assert result.metrics["emd"].splits["2"].mean is None


def test_a_data_set_without_first_order_sound_is_refused(tmp_path):
    plain = write_set(tmp_path / "mini", rooms("a"))
    with pytest.raises(OptionError, match="keeps no first-order sound; the task ambisonics needs a 360° set"):
        run(Ahead(), plain)


def test_another_protocol_is_refused(data):
    with pytest.raises(OptionError, match=r"^--protocol gao2019: the task ambisonics has the protocol v1 alone"):
        run(Ahead(), data, protocol="gao2019", split_set="seeded")


def test_an_unknown_task_comes_with_the_known_ones(data):
    with pytest.raises(UnknownNameError, match=r"unknown task 'ambisonic'. Did you mean 'ambisonics'"):
        evaluate(Ahead(), data, task="ambisonic")


def test_a_method_of_another_task_is_refused_before_work_starts(data):
    with pytest.raises(MethodError, match=r"mono-mono: gave a MonoMono without ambisonize\(clip\)"):
        run("mono-mono", data)
    with pytest.raises(MethodError, match=r"^Ahead: has no binauralize\(clip\), as this task needs; see"):
        evaluate(Ahead(), data)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda clip: clip.omni.expand(2, -1), r"expected shape \(4, samples\), got \(2, 24000\)"),
        (lambda clip: clip.mono.expand(4, -1), "expected 24000 samples like the W channel, got 8000"),
        (lambda _: torch.rand(4, 24_000), "two runs on the same clip differ"),
        (lambda _: None, "expected a floating-point tensor, got NoneType"),
    ],
)
def test_the_rehearsal_of_first_order_sound(answer, message):
    class Method:
        ambisonize = staticmethod(answer)

    with pytest.raises(MethodError, match=message):
        rehearse(Method(), with_omni=True, call="ambisonize")


def test_a_folder_of_predictions_in_four_channels(data, fields, tmp_path):
    for clip in CLIPS[:2]:
        soundfile.write(tmp_path / f"{clip}.wav", fields[clip].T, 48_000, subtype="FLOAT")
    soundfile.write(tmp_path / "c.wav", fields["c"][:2].T, 48_000)
    result = run(f"predictions:{tmp_path}", data)
    (failed,) = result.failed
    assert (failed.clip_id, failed.failed) == ("c", "c.wav: 2 channel(s), expected W, Y, Z, X.")
    assert all(set(clip.scores.values()) == {0.0} for clip in result.clips if not clip.failed)
    soundfile.write(tmp_path / "c.wav", fields["c"].T, 16_000)
    assert run(f"predictions:{tmp_path}", data).failed[0].failed == "c.wav: at 16000 Hz, expected 48000 Hz."


def test_saved_predictions_are_not_made_again(data, tmp_path):
    class Counting(Ahead):
        times = 0

        def ambisonize(self, clip):
            type(self).times += clip.clip_id != "rehearsal"
            return super().ambisonize(clip)

    first = run(Counting(), data, save_predictions=str(tmp_path / "kept"))
    info = soundfile.info(tmp_path / "kept" / "a.wav")
    assert (info.channels, info.samplerate, info.subtype) == (4, 48_000, "FLOAT")
    assert [clip.scores for clip in run(Counting(), data, save_predictions=str(tmp_path / "kept")).clips] == [
        clip.scores for clip in first.clips
    ]
    assert Counting.times == 3


def test_predictions_of_another_task_are_not_taken_for_these(data, tmp_path):
    class Both(Ahead):
        def binauralize(self, clip):
            return clip.mono.expand(2, -1)

    evaluate(Both(), data, save_predictions=str(tmp_path / "kept"))
    with pytest.raises(OutputError, match=r"holds predictions of another run \(task differs\)"):
        run(Both(), data, save_predictions=str(tmp_path / "kept"))


def test_results_are_read_back_and_tabulated_by_themselves(data, tmp_path):
    class Ears:
        def binauralize(self, clip):
            return clip.mono.expand(2, -1)

    field, ears = run(Ahead(), data), evaluate(Ears(), data)
    write_result(field, tmp_path / "field.json")
    assert read_result(tmp_path / "field.json") == field
    table = markdown_table([field])
    assert table.startswith("## mini-360 ambisonics: split set seeded, protocol v1\n")
    assert "| method | field\\_stft ↓ |" in table or "| method | field_stft ↓ |" in table
    assert "emd (rad) ↓" in table
    with pytest.raises(ResultError, match="do not go into one table"):
        markdown_table([field, ears])


def test_workers_score_alike(data):
    alone, together = (run(Ahead(), data, jobs=jobs) for jobs in (1, 2))
    assert [clip.scores for clip in alone.clips] == [clip.scores for clip in together.clips]
