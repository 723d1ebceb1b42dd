"""The target never reaches a method: not its difference, and not, except under gao2019, its level."""

import gc
import types
from pathlib import PurePath

import numpy as np
import pytest
import soundfile
import torch

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.dsp.windows import WINDOW_SAMPLES, window_starts
from fairplay_bench.errors import MediaError, MethodError, ShapeError
from fairplay_bench.models.interface import Frames
from fairplay_bench.records import GAO2019, PROTOCOLS
from fairplay_bench.scoring.clips import clip_frames, clip_omni, mono_clip, target_ears, target_field
from fairplay_bench.scoring.run import evaluate

from .prepared_sets import rooms, write_set
from .sounds import RATE, room

SAMPLES = 25_000
WITHOUT_ORACLE = sorted(name for name, protocol in PROTOCOLS.items() if not protocol.oracle_level)


def on_a_grid(values):
    """Numbers whose sums and differences float32 holds exactly."""
    return np.round(values * 1024) / 1024


def same_mono():
    """Targets with one mono: as recorded, mirrored, silent in the difference, and with thrice the difference."""
    left, right = on_a_grid(room(1, SAMPLES))
    middle, side = (left + right) / 2, (left - right) / 2
    differences = {"recorded": side, "mirrored": -side, "flat": 0 * side, "wide": 3 * side}
    return {name: np.stack([middle + d, middle - d]).astype(np.float32) for name, d in differences.items()}


def everything(clip, hop):
    """All that a method can learn from a clip by its public face."""
    seen = {}
    for name in sorted(set(dir(clip)) - {"window_levels"}):
        value = getattr(clip, name)
        if name.startswith("_") or callable(value):
            continue
        seen[name] = value.numpy().tobytes() if isinstance(value, torch.Tensor) else value
    times = np.arange(0, clip.duration_s, 0.05)
    frames = seen.pop("frames")
    seen["pictures"] = [frames.at(t).numpy().tobytes() for t in times], frames.count
    seen["levels"] = [clip.level(s, s + WINDOW_SAMPLES) for s in window_starts(len(clip.mono), hop)]
    return seen


class Curious:
    """Writes down all it is given, and puts all of it into its answer."""

    def __init__(self, hop):
        self.hop, self.seen = hop, {}

    def binauralize(self, clip):
        self.seen[clip.clip_id] = everything(clip, self.hop)
        gain = sum(self.seen[clip.clip_id]["levels"])
        shade = float(clip.frames.at(0.7).float().mean())
        self.answer = torch.stack([clip.mono * gain, clip.mono.flip(0) * shade])
        return self.answer


@pytest.fixture(scope="module")
def data_sets(tmp_path_factory):
    """A data set for each target, alike in everything else."""
    base = tmp_path_factory.mktemp("same-mono")
    return {name: write_set(base / name, {"clip": ears}) for name, ears in same_mono().items()}


def given(data_sets, name, protocol):
    method = Curious(round(PROTOCOLS[protocol].hop_s * RATE))
    result = evaluate(method, data_sets[name], protocol=protocol, split_set="gao2019")
    assert not result.failed
    return method.seen["clip"], method.answer, result


@pytest.mark.parametrize("other", ["mirrored", "flat", "wide"])
@pytest.mark.parametrize("protocol", WITHOUT_ORACLE)
def test_targets_with_one_mono_look_alike(data_sets, protocol, other):
    seen, answer, result = given(data_sets, "recorded", protocol)
    other_seen, other_answer, other_result = given(data_sets, other, protocol)
    assert seen == other_seen
    assert torch.equal(answer, other_answer)
    assert result.metrics["stft"].mean != other_result.metrics["stft"].mean  # though they score differently


def test_without_an_oracle_there_are_two_protocols():
    assert WITHOUT_ORACLE == ["v1", "xu2021"]


@pytest.mark.parametrize("other", ["flat", "wide"])
def test_under_gao2019_only_the_level_differs(data_sets, other):
    seen, _, _ = given(data_sets, "recorded", "gao2019")
    other_seen, _, _ = given(data_sets, other, "gao2019")
    levels, other_levels = seen.pop("levels"), other_seen.pop("levels")
    assert seen == other_seen
    assert all(a != b for a, b in zip(levels, other_levels, strict=True))


def test_under_gao2019_the_mirrored_target_still_looks_alike(data_sets):
    (seen, answer, _), (other_seen, other_answer, _) = (
        given(data_sets, name, "gao2019") for name in ("recorded", "mirrored")
    )
    assert seen["levels"] == pytest.approx(other_seen["levels"], rel=1e-12)
    torch.testing.assert_close(answer, other_answer)


def clip_of(target, protocol):
    return mono_clip("clip", torch.from_numpy(target), Frames("nowhere", 1), PROTOCOLS[protocol])


def test_mono_is_the_mean_of_the_ears():
    target = room(2, SAMPLES)
    mono = clip_of(target, "v1").mono
    assert mono.dtype == torch.float32
    np.testing.assert_allclose(mono.numpy(), target.mean(axis=0), rtol=0, atol=1e-7)


@pytest.mark.parametrize("samples", [5000, WINDOW_SAMPLES, SAMPLES])
def test_the_oracle_is_the_rms_of_both_ears_and_knows_its_windows_alone(samples):
    target = room(3, samples)
    clip = clip_of(target, "gao2019")
    starts = window_starts(samples, 800)
    assert sorted(clip.window_levels) == starts
    padded = np.pad(target.astype(np.float64), ((0, 0), (0, max(0, WINDOW_SAMPLES - samples))))
    for start in starts:
        wanted = np.sqrt(np.mean(padded[:, start : start + WINDOW_SAMPLES] ** 2))
        assert clip.level(start, start + WINDOW_SAMPLES) == pytest.approx(wanted, rel=1e-6)
    for start, stop in ((0, 800), (0, 1), (1, WINDOW_SAMPLES + 1), (0, samples + 1), (1600, 1600 + 2 * WINDOW_SAMPLES)):
        with pytest.raises(MethodError, match="tells the level of its own windows alone"):
            clip.level(start, stop)


def test_the_oracle_gives_the_energy_of_the_difference_away():
    """E[M²] + E[D²] = 2 (E[L²] + E[R²]): why the protocol is marked in every table."""
    target = room(4, WINDOW_SAMPLES).astype(np.float64)
    clip = clip_of(target.astype(np.float32), "gao2019")
    both_ears = 2 * clip.level(0, WINDOW_SAMPLES) ** 2
    told = 2 * both_ears - float((2 * clip.mono.double()).square().mean())
    assert told == pytest.approx(np.mean((target[0] - target[1]) ** 2), rel=1e-5)
    assert GAO2019.oracle_level


@pytest.mark.parametrize("protocol", WITHOUT_ORACLE)
def test_without_the_oracle_levels_are_those_of_the_sum(protocol):
    target = room(5, SAMPLES)
    clip = clip_of(target, protocol)
    assert clip.window_levels is None
    for start in window_starts(SAMPLES, round(PROTOCOLS[protocol].hop_s * RATE)):
        window = target[:, start : start + WINDOW_SAMPLES].astype(np.float64)
        wanted = np.sqrt(np.mean((window[0] + window[1]) ** 2))
        assert clip.level(start, start + WINDOW_SAMPLES) == pytest.approx(wanted, rel=1e-6)


def reachable(root):
    """Every object that references lead to, short of modules and classes."""
    found, waiting = {}, [root]
    while waiting:
        one = waiting.pop()
        if id(one) in found or isinstance(one, types.ModuleType | type):
            continue
        found[id(one)] = one
        waiting += gc.get_referents(one)
        if isinstance(one, torch.Tensor) and one._base is not None:
            waiting.append(one._base)
    return list(found.values())


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_nothing_in_a_clip_leads_to_the_target(protocol):
    target = torch.from_numpy(room(6, SAMPLES))
    clip = mono_clip("clip", target, Frames("nowhere", 1), PROTOCOLS[protocol])
    objects = reachable(clip)
    assert any(one is clip.mono for one in objects)
    tensors = [one for one in objects if isinstance(one, torch.Tensor)]
    assert all(tensor.ndim == 1 and len(tensor) == SAMPLES for tensor in tensors)
    assert all(tensor.untyped_storage().nbytes() == 4 * SAMPLES for tensor in tensors)  # no view into something more
    arrays = [one for one in objects if isinstance(one, np.ndarray)]
    functions = [one for one in objects if isinstance(one, types.FunctionType | types.MethodType | types.FrameType)]
    assert arrays == functions == []
    assert clip.mono.data_ptr() != target.data_ptr()
    numbers = [one for one in objects if isinstance(one, float)]
    assert len(numbers) < 50
    paths = [str(one) for one in objects if isinstance(one, PurePath)]
    assert not any("audio" in path for path in paths)


def test_what_a_method_does_to_its_clip_does_not_reach_the_target(tmp_path):
    class Vandal:
        def binauralize(self, clip):
            answer = clip.mono.clone().expand(2, -1)
            clip.mono.zero_()
            clip.frames.at(0.0).zero_()
            return answer

    class Tame:
        def binauralize(self, clip):
            return clip.mono.expand(2, -1)

    data = write_set(tmp_path, rooms("a", "b"), {1: ["a", "b"], 2: ["a", "b"]})
    scores = [[clip.scores for clip in evaluate(method, data).clips] for method in (Vandal(), Tame())]
    assert scores[0] == scores[1]


def test_targets_are_two_ears_at_16_khz(tmp_path):
    prepared = open_prepared(write_set(tmp_path, rooms("a")))
    row = prepared.clips["a"]
    np.testing.assert_array_equal(target_ears(prepared, row).numpy(), rooms("a")["a"])
    for samples, rate in ((np.zeros((900, 1)), RATE), (np.zeros((900, 2)), 48_000)):
        soundfile.write(tmp_path / row.audio, samples, rate)
        with pytest.raises(ShapeError, match=r"a\.wav: "):
            target_ears(prepared, row)
    (tmp_path / row.audio).unlink()
    with pytest.raises(MediaError, match=r"a\.wav: "):
        target_ears(prepared, row)


def field_of(seed, omni_seed=8, samples=3 * SAMPLES):
    """W, Y, Z, X whose W hangs on ``omni_seed`` and whose other channels on ``seed``."""
    omni = np.random.default_rng(omni_seed).normal(size=(1, samples))
    others = np.random.default_rng(seed).normal(size=(3, samples))
    return (0.1 * np.concatenate([omni, others])).astype(np.float32)


@pytest.fixture(scope="module")
def fields(tmp_path_factory):
    """Data sets that differ in Y, Z and X alone; one with another W; and one without any."""
    base, ears = tmp_path_factory.mktemp("fields"), same_mono()["recorded"]
    sounds = {"one": field_of(1), "other": field_of(2), "omni": field_of(1, 9)}
    sets = {name: write_set(base / name, {"clip": ears}, fields={"clip": sound}) for name, sound in sounds.items()}
    return sets | {"none": write_set(base / "none", {"clip": ears})}


def test_a_method_is_given_the_w_channel_and_no_other(fields):
    seen, answer, _ = given(fields, "one", "v1")
    other_seen, other_answer, _ = given(fields, "other", "v1")
    assert seen == other_seen
    assert torch.equal(answer, other_answer)
    assert seen["omni"] == field_of(1)[0].tobytes()
    assert given(fields, "omni", "v1")[0]["omni"] == field_of(1, 9)[0].tobytes()
    assert given(fields, "none", "v1")[0]["omni"] is None


def test_nothing_in_a_clip_leads_to_the_other_channels(fields):
    data = open_prepared(fields["one"])
    row = data.clips["clip"]
    clip = mono_clip("clip", target_ears(data, row), clip_frames(data, row), PROTOCOLS["v1"], clip_omni(data, row))
    assert clip.omni.dtype == torch.float32
    tensors = [one for one in reachable(clip) if isinstance(one, torch.Tensor)]
    assert sorted(tensor.untyped_storage().nbytes() for tensor in tensors) == [4 * SAMPLES, 12 * SAMPLES]
    assert not any(isinstance(one, np.ndarray) for one in reachable(clip))
    paths = [str(one) for one in reachable(clip) if isinstance(one, str | PurePath)]
    assert not any("ambisonics" in path for path in paths)


def test_first_order_sound_is_four_channels_at_48_khz(fields, tmp_path):
    data = open_prepared(fields["one"])
    row = data.clips["clip"]
    np.testing.assert_array_equal(target_field(data, row).numpy(), field_of(1))
    bare = open_prepared(fields["none"])
    assert target_field(bare, bare.clips["clip"]) is None
    spoilt = open_prepared(write_set(tmp_path, {"clip": same_mono()["flat"]}, fields={"clip": field_of(1)}))
    for samples, rate in ((np.zeros((900, 2)), 48_000), (np.zeros((900, 4)), 44_100)):
        soundfile.write(tmp_path / row.ambisonics, samples, rate)
        with pytest.raises(ShapeError, match=r"clip\.wav: .*expected 4 at 48000 Hz; prepare the clip again"):
            clip_omni(spoilt, spoilt.clips["clip"])
