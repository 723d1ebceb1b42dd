"""``scenes show``: pictures, sounds and a page that needs no other file."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from baselines.pseudo_binaural import commands
from baselines.pseudo_binaural.declared import SCENE_OPTIONS
from baselines.pseudo_binaural.options import SCENE_SETTINGS
from fairplay_bench.media.audio import read_sound

CLIPS = [f"{number:06d}" for number in range(1, 7)]


def test_pictures_sounds_and_a_page(make_patches, tmp_path, call):
    out = tmp_path / "shown"
    status, printed, _ = call(
        "scenes", "show", 3, "--patches", make_patches(CLIPS), "--out", out, "--seed", 4, "--json"
    )
    assert status == 0
    record = json.loads(printed)
    assert record["page"] == str(out / "index.html")
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [*(f"{k:03d}.{kind}" for k in (1, 2, 3) for kind in ("png", "wav")), "index.html", "scenes.json"]
    )
    written = json.loads((out / "scenes.json").read_text())
    assert written["scenes"] == record["scenes"]
    assert written["settings"]["stereo-mode"] == "ambisonic"
    for scene in record["scenes"]:
        sound = read_sound(out / f"{scene['name']}.wav")
        assert (sound.rate, sound.samples.shape) == (16_000, (20_000, 2))  # as long as the sources
        assert np.sqrt(np.mean(sound.samples.sum(axis=1) ** 2)) == pytest.approx(0.1, rel=1e-4)
        with Image.open(out / f"{scene['name']}.png") as picture:
            assert picture.size == (640, 360)
            pixels = np.asarray(picture)
        for player in scene["players"]:
            assert player["azimuth_deg"] == pytest.approx((320 - player["x"]) / 640 * 120, abs=0.02)
            assert player["clip_id"] in CLIPS
        if len(scene["players"]) == 1 and abs(scene["players"][0]["azimuth_deg"]) > 5:
            left, right = np.mean(sound.samples**2, axis=0)
            assert (left > right) == (scene["players"][0]["azimuth_deg"] > 0)
        assert pixels.shape == (360, 640, 3)
    page = (out / "index.html").read_text()
    assert page.count("<audio") == page.count("<img") == 3
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert "<dt>fov</dt><dd>0.6667</dd>" in page
    assert "<dt>stereo-mode</dt><dd>ambisonic</dd>" in page


def test_the_same_seed_draws_the_same_scenes(make_patches, tmp_path, call, hashes):
    patches = make_patches(CLIPS)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert call("scenes", "show", 2, "--patches", patches, "--out", tmp_path / name, "--seed", seed)[0] == 0
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    assert hashes(tmp_path / "a")["001.wav"] != hashes(tmp_path / "c")["001.wav"]


def test_only_training_clips_with_a_data_set(prepared, make_patches, tmp_path, call):
    patches = make_patches([f"{number:06d}" for number in range(1, 11)])
    out = tmp_path / "shown"
    status, _, said = call(
        "scenes", "show", 20, "--patches", patches, "--data", prepared, "--out", out, "--duration", 0.1
    )
    assert status == 0
    assert "8 sources are of training clips of split 1; 2 are left out." in said
    used = {
        player["clip_id"] for s in json.loads((out / "scenes.json").read_text())["scenes"] for player in s["players"]
    }
    assert used == {f"{number:06d}" for number in (1, 4, 5, 6, 7, 8, 9, 10)}


def test_refusals(make_patches, tmp_path, call):
    patches, out = make_patches(CLIPS), tmp_path / "out"
    for arguments, status, message in (
        ((0, "--patches", patches), 2, "0 scenes: give 1 to 999"),
        ((2, "--patches", patches, "--duration", 0), 2, "--duration 0"),
        ((2, "--patches", patches, "--seed", -1), 2, "--seed -1: give 0 or more"),
        ((2, "--patches", tmp_path / "none"), 2, "make it with"),
        ((2, "--patches", patches, "--mix-ratio", "a"), 2, "--mix-ratio a"),
        ((2, "--patches", patches, "--hrtf", "nobody"), 2, "unknown HRIR set"),
        ((2, "--patches", patches, "--blend"), 2, "nothing to blend into"),
        ((2, "--patches", make_patches(CLIPS[:1], name="one.parquet")), 1, "1 source(s) for scenes of up to 3"),
    ):
        left, printed, said = call("scenes", "show", *arguments, "--out", out)
        assert (left, printed) == (status, "")
        assert message in said
        assert said.count("\n") == 1
        assert not out.exists()
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    assert call("scenes", "show", 1, "--patches", patches, "--out", out)[0] == 1
    status, _, said = call("scenes", "show", 1, "--patches", patches, "--out", out, "--overwrite")
    assert (status, (out / "mine.txt").read_text()) == (1, "mine")
    assert "holds something else than scenes; choose another --out" in said
    status, _, said = call("scenes", "show", 1, "--patches", patches, "--out", out / "mine.txt" / "deep")
    assert (status, (out / "mine.txt").read_text()) == (1, "mine")
    assert "is no folder that can be written" in said
    (out / "mine.txt").unlink()
    assert call("scenes", "show", 1, "--patches", patches, "--out", out)[0] == 0
    before = (out / "001.wav").read_bytes()
    assert call("scenes", "show", 1, "--patches", patches, "--out", out, "--seed", 1)[0] == 1
    assert (out / "001.wav").read_bytes() == before
    assert call("scenes", "show", 1, "--patches", patches, "--out", out, "--seed", 1, "--overwrite")[0] == 0
    assert (out / "001.wav").read_bytes() != before


def test_train_and_show_offer_the_same_options():
    shown = {option.name.replace("_", "-"): option for option in commands.show_command.params}
    assert [setting.name for setting in SCENE_SETTINGS] == [option.name for option in SCENE_OPTIONS]
    for setting in SCENE_SETTINGS:
        assert shown[setting.name].default == setting.default
        assert tuple(getattr(shown[setting.name].type, "choices", ())) == setting.choices
