"""Mix-and-Separate: the network, its examples, and a tiny training of each condition that is scored."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from baselines.correspondence import method as correspondence
from baselines.mix_and_separate import method
from baselines.mix_and_separate.examples import pair_examples
from baselines.mix_and_separate.method import MixAndSeparate
from baselines.mix_and_separate.network import MixAndSeparateNet, NetworkSize, at_mixture_level
from baselines.mono2binaural import method as mono2binaural
from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.datasets.separation import Solo, pairs, write_mixtures
from fairplay_bench.dsp.masks import SEGMENT_SAMPLES, ratio_mask
from fairplay_bench.dsp.stft import stft
from fairplay_bench.errors import DatasetError, OptionError, ShapeError
from fairplay_bench.models.registry import load_separator
from fairplay_bench.models.rehearsal import rehearse_separator
from fairplay_bench.records import CONDITIONS, V1, TrainedOn
from fairplay_bench.scoring.run import evaluate
from fairplay_bench.training.fit import train
from fairplay_bench.training.interface import Material
from fairplay_bench.training.plan import TrainingPlan
from fairplay_bench.training.run_folder import read_run

from ..scoring.prepared_sets import rooms, write_set

SEEING = {"audio_width": 4, "visual_width": 4, "picture": (32, 64)}
TINY = NetworkSize(ears=2, **SEEING)


def noise(seed, *shape):
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def pictures(seed, *shape):
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(seed)).to(torch.uint8)


@pytest.fixture(autouse=True)
def _small(tmp_path, monkeypatch):
    """Tiny networks whose visual branch starts from chance, and a cache of one's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(method.SIZES, "small", TINY)
    recipe = replace(
        MixAndSeparate.presets["small"], epochs=2, draws=2, batch=4, validation_segments=1, validate_epochs=1
    )
    monkeypatch.setattr(MixAndSeparate, "presets", {"small": recipe})
    alone = tuple(replace(one, default=False) if one.name == "correspond" else one for one in MixAndSeparate.settings)
    monkeypatch.setattr(MixAndSeparate, "settings", alone)


@pytest.mark.parametrize("ears", [1, 2])
def test_a_mask_a_clip_and_channel(ears):
    network = MixAndSeparateNet(replace(TINY, ears=ears)).eval()
    mixture = stft(noise(0, 3, ears, SEGMENT_SAMPLES))
    with torch.inference_mode():
        seen = network.encode(pictures(1, 6, 3, 32, 64)).reshape(3, 2, -1)
        masks = network.masks(mixture, seen)
    assert masks.shape == (3, 2, ears, 256, 256)
    assert 0 <= masks.min() < masks.max() <= 1


def test_the_paper_tells_the_decoder_784_features():
    network = MixAndSeparateNet(NetworkSize())
    with torch.inference_mode():
        assert network.eval().encode(pictures(0, 1, 3, 224, 448)).shape == (1, 784)
    assert network.audio.audionet_upconvlayer1[0].in_channels == 784 + 512


def test_each_clip_is_masked_by_its_own_picture_and_by_one_network():
    """The encoder is shared, so a clip's masks are those of running the whole net with its picture alone."""
    network = MixAndSeparateNet(TINY).eval()
    for parameter in network.parameters():
        parameter.data += 0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1))
    mixture = stft(noise(2, 1, 2, SEGMENT_SAMPLES))
    with torch.inference_mode():
        seen = network.encode(pictures(3, 2, 3, 32, 64))
        both = network.masks(mixture, seen[None])
        swapped = network.masks(mixture, seen.flip(0)[None])
        heard = (mixture.abs() + 1e-3).log()
        for clip in range(2):
            alone = (network.audio(heard, seen[clip : clip + 1]) + 1) / 2
            torch.testing.assert_close(both[:, clip], alone)
    torch.testing.assert_close(both, swapped.flip(1))
    assert not torch.allclose(both[:, 0], both[:, 1])


def test_the_loss_is_the_mean_error_of_the_masks():
    network = MixAndSeparateNet(TINY).eval()
    sources, shown = noise(4, 2, 2, 2, SEGMENT_SAMPLES), pictures(5, 2, 2, 3, 32, 64)
    with torch.inference_mode():
        loss = network.loss({"sources": sources, "pictures": shown}, V1)
        mixture = sources.sum(dim=1)
        seen = network.encode(shown.flatten(0, 1)).reshape(2, 2, -1)
        masks = network.masks(stft(at_mixture_level(mixture, V1)), seen)
    errors = [
        (masks[n, clip, ear] - ratio_mask(stft(sources[n, clip, ear]), stft(mixture[n, ear]))).abs().mean()
        for n in range(2)
        for clip in range(2)
        for ear in range(2)
    ]
    assert float(loss) == pytest.approx(float(torch.stack(errors).mean()), rel=1e-5)


def test_the_level_of_a_recording_does_not_matter():
    mixture = noise(6, 2, SEGMENT_SAMPLES)
    torch.testing.assert_close(at_mixture_level(7 * mixture, V1), at_mixture_level(mixture, V1))
    assert float(at_mixture_level(mixture, V1).sum(dim=0).square().mean().sqrt()) == pytest.approx(0.1)


def material(data, **fields):
    prepared = open_prepared(data)
    clips = prepared.listed("gao2019", 1, "train")
    plain = {
        "data": prepared,
        "split_set": "gao2019",
        "split": 1,
        "training": clips[:4],
        "validation": clips[4:6],
        "preset": MixAndSeparate.presets["small"],
        "protocol": V1,
        "seed": 3,
    }
    return Material(**(plain | fields))


def recorded(material, clips):
    return {clip: material.data.folder / material.data.clips[clip].audio for clip in clips}


@pytest.mark.parametrize("condition", ["mono", "mono-mono", "binaural"])
def test_examples_of_a_condition(prepared, condition):
    examples = pair_examples(condition, (32, 64), recorded)(material(prepared))
    training, validation = examples.training, examples.validation
    assert (len(training), len(validation), len(examples.clips)) == (8, 2, 4)
    example = training[0, 5]
    ears = 1 if condition == "mono" else 2
    assert example["sources"].shape == (2, ears, SEGMENT_SAMPLES)
    assert example["pictures"].shape == (2, 3, 32, 64)
    assert example["pictures"].dtype == torch.uint8
    assert example["skipped"].shape == validation[0]["skipped"].shape
    assert example["skipped"].max() == -1
    same = training[0, 5]
    assert all(torch.equal(example[key], same[key]) for key in example)
    assert not torch.equal(example["sources"], training[1, 5]["sources"])
    assert not torch.equal(example["sources"][0], example["sources"][1])
    if condition == "mono-mono":
        assert torch.equal(example["sources"][:, 0], example["sources"][:, 1])


def test_a_damaged_clip_is_passed_over_and_counted(prepared):
    made = material(prepared)
    training = pair_examples("mono", (32, 64), recorded)(made).training
    (prepared / made.data.clips[made.training[1]].audio).write_bytes(b"RIFF")
    skipped = torch.stack([training[0, number]["skipped"] for number in range(8)])
    assert set(skipped.unique().tolist()) == {-1, 1}
    assert skipped.shape[1] == 20


def test_one_clip_cannot_be_mixed(prepared):
    with pytest.raises(DatasetError, match=r"1 training clip\(s\); a mixture needs two"):
        pair_examples("mono", (32, 64), recorded)(material(prepared, training=["000001"]))


@pytest.fixture
def data(tmp_path, make_rows):
    """Nine short clips: six train, two validate, one tests; the last three are solos."""
    names = "abcdefghi"
    folder = write_set(tmp_path / "fair-play", rooms(*names, samples=4000), {1: ["i"]})
    make_rows(folder, {"train": names[:6], "val": names[6:8], "test": names[8:]})
    write_mixtures(folder, pairs([Solo(clip, clip) for clip in names[6:]], ("gao2019", 1)))
    return folder


@pytest.fixture
def make_rows():
    """A function that writes the splits of a prepared data set anew."""
    from fairplay_bench.datasets.index import SPLITS_FILE, SplitRow, splits_hash, write_table

    def write(folder, subsets):
        rows = [SplitRow("gao2019", 1, subset, clip) for subset, clips in subsets.items() for clip in clips]
        write_table(folder / SPLITS_FILE, rows, SplitRow)
        described = json.loads((folder / "dataset.json").read_text())
        (folder / "dataset.json").write_text(json.dumps(described | {"splits_sha256": splits_hash(rows)}))

    return write


def settings_of(condition):
    if condition != "predicted-binaural":
        return {"condition": condition}
    return {"condition": condition, "binauralizer": "mono-mono"}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_training_leaves_a_run_that_is_scored(data, tmp_path, condition):
    out = tmp_path / "run"
    plan = TrainingPlan("mix-and-separate", data, out, preset="small", settings=settings_of(condition))
    run = train(plan)
    assert run.card.name == f"Mix-and-Separate ({condition})"
    assert run.card.trained_on == (
        TrainedOn("fair-play", "gao2019", 1, ("train",), ("d", "e", "f")),
        TrainedOn("fair-play", "gao2019", 1, ("val",)),
    )
    assert run.training["settings"]["condition"] == condition
    result = evaluate("mix-and-separate", data, task="separation", weights=str(out), limit=1)
    assert not result.failed
    assert [clip.clip_id for clip in result.clips] == ["g+h"]
    assert result.notes[0] == f"condition: {condition}"
    assert result.card.weights_sha256
    assert result.card.version == "1-small"


@pytest.fixture
def corresponding(monkeypatch):
    """A network of correspondence as tiny, trained as shortly."""
    monkeypatch.setitem(mono2binaural.SIZES, "small", replace(mono2binaural.SIZES["small"], **SEEING))
    recipe = replace(correspondence.PRESETS["small"], epochs=1, draws=2, batch=4, validation_segments=1)
    monkeypatch.setitem(correspondence.PRESETS, "small", recipe)


def test_the_visual_branch_starts_from_a_network_of_correspondence(data, tmp_path, corresponding, monkeypatch):
    settings = {"condition": "mono", "correspond": True}
    plan = TrainingPlan("mix-and-separate", data, tmp_path / "run", preset="small", settings=settings)
    first = train(plan)
    seen = tmp_path / "run" / "correspondence"
    assert first.training["start"].startswith("audio-visual-correspondence, visual.pth ")
    assert read_run(seen).card.trained_on == first.card.trained_on  # the same half of the clips
    assert read_run(seen).training["half"] == "second"
    again = train(replace(plan, out=tmp_path / "again", settings=settings | {"correspondence": seen}))
    assert not (tmp_path / "again" / "correspondence").exists()
    assert again.training["best_loss"] == first.training["best_loss"]
    still = replace(MixAndSeparate.presets["small"], epochs=1, pretrained_rate=0.0)
    monkeypatch.setattr(MixAndSeparate, "presets", {"small": still})
    train(replace(plan, out=tmp_path / "still", settings=settings | {"correspondence": seen}))
    before, after = (torch.load(out / "visual.pth", weights_only=True) for out in (seen, tmp_path / "still"))
    assert all(torch.equal(before[name], after[name]) for name in before if name.endswith("weight"))


def test_another_start_needs_no_network_of_correspondence(data, tmp_path, run):
    plan = TrainingPlan("mix-and-separate", data, tmp_path / "x", preset="small", visual_weights=run / "visual.pth")
    trained = train(replace(plan, settings={"correspond": True}))
    assert trained.training["start"].startswith("visual.pth ")
    assert not (tmp_path / "x" / "correspondence").exists()


@pytest.mark.parametrize("other", [{"correspond": False}, {"visual_weights": True}])
def test_two_starts_are_one_too_many(data, tmp_path, run, other):
    correspond = other.get("correspond", True)
    plan = TrainingPlan("mix-and-separate", data, tmp_path / "x", preset="small")
    weights = run / "visual.pth" if "visual_weights" in other else None
    settings = {"correspond": correspond, "correspondence": run}
    with pytest.raises(OptionError, match=r"--correspondence .*: the visual branch starts otherwise; leave it out"):
        train(replace(plan, settings=settings, visual_weights=weights))


def test_what_is_no_network_of_correspondence_is_refused(data, tmp_path, run):
    settings = {"correspond": True, "correspondence": run}
    with pytest.raises(
        OptionError, match=r"--correspondence .*: a run of mix-and-separate; give one of `train --model"
    ):
        train(TrainingPlan("mix-and-separate", data, tmp_path / "x", preset="small", settings=settings))


def test_a_run_takes_its_binauralizer_along(data, tmp_path, tiny_run):
    (tiny_run / "last.ckpt").write_bytes(b"large")
    given = {"condition": "predicted-binaural", "binauralizer": "mono2binaural", "binauralizer-weights": tiny_run}
    out = tmp_path / "separation"
    train(TrainingPlan("mix-and-separate", data, out, preset="small", settings=given))
    tiny_run.rename(tmp_path / "moved")
    assert not (out / "binauralizer" / "last.ckpt").exists()
    loaded = load_separator("mix-and-separate", out)
    assert loaded.binauralizer.card.name == "Mono2Binaural"
    assert TrainedOn("mini", "seeded", 1, ("train",)) in read_run(out).card.trained_on
    rehearse_separator(loaded)
    shutil.rmtree(out / "binauralizer")
    with pytest.raises(OptionError, match=r"--weights .*separation: has no binauralizer/ with the weights of mono2"):
        rehearse_separator(load_separator("mix-and-separate", out))


def test_a_binauralizer_that_learnt_from_the_training_clips_is_refused(data, tmp_path, tiny_run):
    run = json.loads((tiny_run / "run.json").read_text())
    run["card"]["trained_on"] = [
        {"dataset": "fair-play", "split_set": "gao2019", "split": 1, "subsets": ["train"], "clip_ids": ["a", "d"]}
    ]
    (tiny_run / "run.json").write_text(json.dumps(run))
    given = {"condition": "predicted-binaural", "binauralizer": "mono2binaural", "binauralizer-weights": tiny_run}
    with pytest.raises(OptionError, match="was trained on d, which split 1 of gao2019 trains separation on"):
        train(TrainingPlan("mix-and-separate", data, tmp_path / "x", preset="small", settings=given))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"condition": "predicted-binaural"}, "give --binauralizer NAME and --binauralizer-weights DIR"),
        ({"condition": "mono", "binauralizer": "mono-mono"}, "--condition mono has none; leave it out"),
        ({"condition": "stereo"}, "unknown condition 'stereo'"),
        (
            {"condition": "predicted-binaural", "binauralizer": "mono2binaurl"},
            r"^unknown binauralizer 'mono2binaurl'\. Did you mean 'mono2binaural'\?",
        ),
        (
            {"condition": "predicted-binaural", "binauralizer": "mono2binaural"},
            "^--binauralizer mono2binaural: needs --binauralizer-weights, a run folder",
        ),
        (
            {
                "condition": "predicted-binaural",
                "binauralizer": "mono2binaural",
                "binauralizer-weights": Path("nowhere"),
            },
            "^--binauralizer-weights nowhere: no such file or folder",
        ),
    ],
)
def test_settings_that_do_not_go_together(data, tmp_path, settings, message):
    with pytest.raises(OptionError, match=message):
        train(TrainingPlan("mix-and-separate", data, tmp_path / "x", preset="small", settings=settings))


@pytest.fixture
def run(tmp_path, data):
    train(TrainingPlan("mix-and-separate", data, tmp_path / "run", preset="small", settings={"condition": "mono"}))
    return tmp_path / "run"


def test_the_same_picture_gives_the_same_source(run):
    class Grey:
        def __init__(self, level):
            self.level, self.asked = level, []

        def at(self, time_s):
            self.asked.append(time_s)
            return torch.full((3, 240, 480), self.level, dtype=torch.uint8)

    loaded = MixAndSeparate(run)
    mixture, shown = noise(8, 1, 50_000), (Grey(90), Grey(90))
    first, second = loaded.separate(mixture, 16_000, shown)
    assert torch.equal(first, second)
    assert shown[0].asked == sorted(shown[0].asked)
    assert shown[0].asked[0] == pytest.approx(1.275)
    assert not torch.equal(first, loaded.separate(mixture, 16_000, (Grey(0), Grey(90)))[0])


@pytest.mark.parametrize(("shape", "rate"), [((2, 9000), 16_000), ((1, 9000), 8000)])
def test_other_sounds_are_refused(run, shape, rate):
    with pytest.raises(ShapeError, match=r"this method \(mono\) parts 1 at 16000 Hz"):
        MixAndSeparate(run).separate(noise(9, *shape), rate, (None, None))


def test_weights_are_needed(tmp_path):
    for weights in (None, tmp_path):
        with pytest.raises(OptionError, match="needs --weights, a run folder that `train` wrote"):
            MixAndSeparate(weights)


@pytest.mark.parametrize("change", [{"size": {"width": 3}}, {"condition": "stereo"}, {"binauralizer": ...}])
def test_a_run_of_something_else(run, change):
    described = json.loads((run / "run.json").read_text())
    for key, value in change.items():
        if value is ...:
            del described["network"][key]
        else:
            described["network"][key] = value
    (run / "run.json").write_text(json.dumps(described))
    with pytest.raises(OptionError, match=r"its run\.json"):
        MixAndSeparate(run)


def test_more_training_parts_better():
    """Two fixed pairs are learnt by heart."""
    torch.manual_seed(0)
    network = MixAndSeparateNet(replace(TINY, ears=1))
    low = torch.sin(2 * np.pi * 300 * torch.arange(SEGMENT_SAMPLES) / 16_000)
    batch = {
        "sources": 0.1 * torch.stack([torch.stack([low[None], 3 * noise(1, 1, SEGMENT_SAMPLES)])] * 2),
        "pictures": pictures(2, 1, 2, 3, 32, 64).expand(2, -1, -1, -1, -1),
    }
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    losses = []
    for _ in range(12):
        loss = network.loss(batch, V1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.75 * losses[0]


def drawn(prepared, **recipe):
    preset = replace(MixAndSeparate.presets["small"], **recipe)
    return pair_examples("binaural", (32, 64), recorded)(material(prepared, preset=preset)).training


@pytest.fixture
def speckled(prepared):
    """Pictures of noise."""
    rng = np.random.default_rng(8)
    for frame in prepared.glob("frames/*/*.jpg"):
        Image.fromarray(rng.integers(256, size=(240, 480, 3), dtype=np.uint8)).save(frame)
    return prepared


def test_a_recipe_covers_squares_of_pictures(speckled):
    plain, covered = (drawn(speckled, mirrored=False, pan=0.0, cutout=cutout) for cutout in (False, True))
    one, other = (pairs[0, 0]["pictures"][0] for pairs in (plain, covered))
    assert torch.equal(plain[0, 0]["sources"][0], covered[0, 0]["sources"][0])
    changed = (one != other).any(dim=0)
    assert 0 < changed.float().mean() < 0.2


def test_a_picture_is_turned_by_at_most_the_recipes_part_of_its_width(speckled):
    plain, turned = (drawn(speckled, mirrored=False, pan=pan) for pan in (0.0, 0.25))
    shifts = set()
    for number in range(8):
        one, other = plain[0, number], turned[0, number]
        same = [s for s in range(-32, 32) if torch.equal(one["pictures"][0].roll(s, dims=-1), other["pictures"][0])]
        assert len(same) == 1
        assert torch.equal(one["sources"][0], other["sources"][0])
        shifts.add(same[0])
    assert len(shifts) > 3
    assert max(map(abs, shifts)) <= 16


def test_mirrored_segments_swap_ears_and_picture_together(prepared):
    plain, mirrored = (drawn(prepared, mirrored=mirrored, pan=0.0) for mirrored in (False, True))
    swapped = 0
    for number in range(8):
        one, other = plain[0, number]["sources"][0], mirrored[0, number]["sources"][0]
        shown = plain[0, number]["pictures"][0], mirrored[0, number]["pictures"][0]
        turned = not torch.equal(one, other)
        assert torch.equal(one.flip(0) if turned else one, other)
        assert torch.equal(shown[0].flip(-1) if turned else shown[0], shown[1])
        swapped += turned
    assert 0 < swapped < 8


def test_a_run_can_start_from_the_visual_branch_of_another(data, tmp_path):
    plan = TrainingPlan("mix-and-separate", data, tmp_path / "first", preset="small", settings={"condition": "mono"})
    train(plan)
    file = tmp_path / "first" / "visual.pth"
    again = replace(plan, out=tmp_path / "second", visual_weights=file)
    assert train(again).training["start"].startswith("visual.pth ")
