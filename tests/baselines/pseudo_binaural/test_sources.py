"""``patches.parquet``: what is read is what was written; which sources a split may use; damage."""

import io
import signal

import numpy as np
import pandas as pd
import pytest
import soundfile

from baselines.pseudo_binaural.sources import encoded_sound, load_sources
from fairplay_bench.errors import DatasetError, OptionError

CLIPS = [f"{number:06d}" for number in range(1, 7)]


def test_ctrl_c_while_a_sound_is_encoded_is_not_lost(monkeypatch):
    write = soundfile.write

    def interrupted(sheet, *arguments, **options):
        raised = []

        class Sheet(io.BytesIO):
            def write(self, content):
                if not raised:
                    raised.append(signal.raise_signal(signal.SIGINT))
                return super().write(content)

        write(Sheet(), *arguments, **options)
        assert raised

    monkeypatch.setattr(soundfile, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        encoded_sound(np.ones(16000, np.float32))


def test_what_is_read_is_what_was_written(make_patches):
    loaded = load_sources(make_patches(CLIPS[::-1]))
    assert [source.clip_id for source in loaded.sources] == CLIPS
    assert loaded.left_out == 0
    for source in loaded.sources:
        assert (source.label, source.picture.size) == ("violin", (40, 60))
        assert source.shape.width == pytest.approx(40 * 640 / 480)
        assert source.shape.height == pytest.approx(60 * 360 / 240)
        assert source.shape.rms == pytest.approx(0.05, rel=0.01)
        assert np.abs(source.sound).max() == 32767
        assert source.sound_rms == pytest.approx(np.sqrt(np.mean(source.sound.astype(float) ** 2)))


def test_the_sound_is_the_recorded_one_at_full_scale(make_patches):
    file = make_patches(CLIPS)
    source = load_sources(file).sources[2]
    stored = pd.read_parquet(file)["rms"][2]
    assert np.sqrt(np.mean((source.sound * stored / source.sound_rms) ** 2)) == pytest.approx(stored, rel=1e-6)


def test_only_sources_of_the_training_clips_are_used(make_patches):
    loaded = load_sources(make_patches(CLIPS), [*CLIPS[1:4], "999999"])
    assert [source.clip_id for source in loaded.sources] == CLIPS[1:4]
    assert loaded.left_out == 3


def test_no_source_of_a_training_clip(make_patches):
    with pytest.raises(DatasetError, match="none of its 6 sources is of a training clip"):
        load_sources(make_patches(CLIPS), ["999999"])


def test_a_folder_stands_for_the_file_in_it(make_patches):
    assert len(load_sources(make_patches(CLIPS).parent).sources) == 6
    with pytest.raises(OptionError, match="no such file; make it with"):
        load_sources(make_patches(CLIPS).with_name("other.parquet"))


def test_a_damaged_file_is_one_line(make_patches):
    file = make_patches(CLIPS)
    table = pd.read_parquet(file)
    table.drop(columns="rms").to_parquet(file)
    with pytest.raises(DatasetError, match="no table of patches that can be read"):
        load_sources(file)
    for column in ("sound", "picture"):
        broken = table.copy()
        broken[column] = [b"not a file"] * 6
        broken.to_parquet(file)
        with pytest.raises(DatasetError, match="the source of clip 000001 is damaged"):
            load_sources(file)
    file.write_bytes(b"PAR1")
    with pytest.raises(DatasetError, match="no table of patches that can be read"):
        load_sources(file)


def test_a_source_shorter_than_a_segment_is_refused(make_patches):
    with pytest.raises(DatasetError, match=r"clip 000001 lasts 0\.50 s at 16000 Hz; a segment needs 0\.63 s"):
        load_sources(make_patches(CLIPS, samples=8000))


def test_a_source_of_another_rate_is_refused(make_patches):
    file = make_patches(CLIPS)
    table, sheet = pd.read_parquet(file), io.BytesIO()
    soundfile.write(sheet, np.zeros(48_000, np.int16), 48_000, format="FLAC", subtype="PCM_16")
    table["sound"] = [sheet.getvalue()] * 6
    table.to_parquet(file)
    with pytest.raises(DatasetError, match=r"lasts 1\.00 s at 48000 Hz"):
        load_sources(file)
