import csv
from hashlib import sha256

import pytest

from fairplay_bench.datasets.manifest import check_manifest, read_manifest
from fairplay_bench.errors import DatasetError, OptionError
from fairplay_bench.jobs import SerialExecutor

CLIP = "000002"
WAV = f"binaural_audios/{CLIP}.wav"
MP4 = f"videos/{CLIP}.mp4"


def entry_of(path, name):
    content = path.read_bytes()
    return {"path": name, "sha256": sha256(content).hexdigest(), "size": str(len(content))}


@pytest.fixture
def entries(three_clips):
    """A right manifest of every file of the source, as rows by path."""
    files = sorted(path for path in three_clips.rglob("*") if path.is_file())
    names = [path.relative_to(three_clips).as_posix() for path in files]
    return {name: entry_of(path, name) for path, name in zip(files, names, strict=True)}


@pytest.fixture
def manifest(tmp_path):
    """A function that writes rows as a manifest."""

    def write(rows, columns=("path", "sha256", "size")):
        file = tmp_path / "manifest.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        return file

    return write


def refusal(file, root):
    with pytest.raises(DatasetError) as caught:
        read_manifest(file, root, "binaural_audios")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(file))
    return str(caught.value)


def test_sources_as_the_manifest_says_are_prepared(three_clips, tmp_path, entries, manifest, run_prepare, reporter):
    outcome = run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values()))
    assert (outcome.clips, outcome.complete) == (3, True)
    assert f"manifest: {len(entries)} of {len(entries)} files are here; checking them." in reporter.lines


def test_the_tar_archives_have_the_same_manifest(three_clips, tmp_path, entries, manifest, run_prepare):
    (three_clips / "binaural_audios").rename(three_clips / "audios")
    assert run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values())).complete
    entries[WAV]["sha256"] = "0" * 64
    outcome = run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values()))
    assert [failure.clip_id for failure in outcome.failures] == [CLIP]


@pytest.mark.parametrize(
    ("file", "column", "value", "reason"),
    [
        (WAV, "sha256", "0" * 64, "its SHA-256 is not the manifest's; copy or download it again."),
        (MP4, "sha256", "f" * 64, "its SHA-256 is not the manifest's; copy or download it again."),
        (WAV, "size", "1921102", "192044 bytes, the manifest says 1921102; copy or download it again."),
    ],
    ids=["sound", "video", "size"],
)
def test_a_clip_that_differs_is_not_prepared(
    three_clips, tmp_path, entries, manifest, run_prepare, file, column, value, reason
):
    entries[file][column] = value
    outcome = run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values()))
    assert (outcome.clips, outcome.complete) == (2, False)
    assert [(failure.clip_id, failure.reason) for failure in outcome.failures] == [(CLIP, f"{file}: {reason}")]
    assert not (tmp_path / "out" / "audio" / f"{CLIP}.wav").exists()


def test_a_clip_prepared_before_leaves_the_index_when_the_manifest_refuses_it(
    three_clips, tmp_path, entries, manifest, run_prepare
):
    assert run_prepare(three_clips, tmp_path / "out").complete
    entries[WAV]["sha256"] = "0" * 64
    assert run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values())).clips == 2


def test_capital_digits_are_the_same_hash(three_clips, tmp_path, entries, manifest, run_prepare):
    for entry in entries.values():
        entry["sha256"] = entry["sha256"].upper()
    assert run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values())).complete


def test_a_split_file_that_differs_is_a_problem(three_clips, tmp_path, entries, manifest, run_prepare):
    entries["splits/split1/val.h5"]["sha256"] = "0" * 64
    outcome = run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values()))
    assert (outcome.clips, outcome.complete) == (3, False)
    assert outcome.problems == ("splits/split1/val.h5: its SHA-256 is not the manifest's; copy or download it again.",)


def test_a_file_that_the_manifest_does_not_know_is_a_problem(three_clips, tmp_path, entries, manifest, run_prepare):
    del entries[MP4]
    outcome = run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values()))
    assert (outcome.clips, outcome.complete) == (3, False)
    assert outcome.problems == (f"{MP4}: not in the manifest",)


def test_a_file_that_is_absent_is_named(three_clips, tmp_path, entries, manifest, run_prepare, reporter):
    (three_clips / WAV).unlink()
    outcome = run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values()))
    assert f"manifest: {len(entries) - 1} of {len(entries)} files are here; checking them." in reporter.lines
    assert [failure.reason for failure in outcome.failures] == [f"{WAV}: missing; copy or download it."]


def test_a_clip_that_is_absent_is_missing(three_clips, tmp_path, entries, manifest, run_prepare):
    (three_clips / WAV).unlink()
    (three_clips / MP4).unlink()
    outcome = run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values()))
    assert (outcome.clips, outcome.failures, outcome.missing) == (2, (), (CLIP,))


def test_limit_names_only_what_was_asked_for(three_clips, tmp_path, entries, manifest, run_prepare):
    entries["videos/000003.mp4"]["sha256"] = "0" * 64
    outcome = run_prepare(three_clips, tmp_path / "out", manifest=manifest(entries.values()), limit=2)
    assert (outcome.clips, outcome.complete) == (2, True)


def test_a_manifest_that_is_not_there_is_a_wrong_option(three_clips, tmp_path, run_prepare):
    with pytest.raises(OptionError, match=r"^--manifest .*nowhere\.csv: no such file\.$"):
        run_prepare(three_clips, tmp_path / "out", manifest=tmp_path / "nowhere.csv")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("column", ["path", "sha256", "size"])
def test_a_column_is_missing(three_clips, entries, manifest, column):
    columns = [name for name in ("path", "sha256", "size") if name != column]
    text = refusal(manifest(entries.values(), columns), three_clips)
    assert text.endswith(f"no column {column}; give a CSV of path,sha256,size in UTF-8.")


@pytest.mark.parametrize("name", ["../x", "videos/../../x", "/etc/passwd", ""])
def test_a_path_outside_the_source_is_refused(three_clips, entries, manifest, name):
    rows = [*entries.values(), {"path": name, "sha256": "0" * 64, "size": "1"}]
    text = refusal(manifest(rows), three_clips)
    assert text.endswith(f", line {len(entries) + 2}: {name!r} is no path inside the source folder.")


@pytest.mark.parametrize(
    ("digest", "size"),
    [("0" * 63, "1"), ("", "1"), ("x" * 64, "1"), ("0" * 64, ""), ("0" * 64, "-1"), ("0" * 64, "1.5"), ("0" * 64, "²")],
)
def test_values_that_cannot_be_are_refused(three_clips, manifest, digest, size):
    text = refusal(manifest([{"path": "a", "sha256": digest, "size": size}]), three_clips)
    assert text.endswith("line 2: a size in bytes and a SHA-256 of 64 digits are needed.")


def test_a_short_line_is_refused(three_clips, tmp_path):
    (tmp_path / "m.csv").write_text("path,sha256,size\nvideos/000001.mp4\n")
    assert "line 2" in refusal(tmp_path / "m.csv", three_clips)


def test_what_is_no_csv(three_clips, tmp_path):
    (tmp_path / "m.csv").write_bytes(b"path,sha256,size\n\xff\xfe\x81")
    assert "cannot be read (" in refusal(tmp_path / "m.csv", three_clips)
    (tmp_path / "m.csv").write_bytes(b"")
    assert "no column path, sha256, size" in refusal(tmp_path / "m.csv", three_clips)
    assert refusal(tmp_path / "none.csv", three_clips).endswith("give a CSV of path,sha256,size in UTF-8.")
    assert "cannot be read (" in refusal(tmp_path, three_clips)


def test_other_columns_orders_and_a_byte_order_mark_do_no_harm(three_clips, tmp_path):
    (tmp_path / "m.csv").write_bytes(b"\xef\xbb\xbfsize,note,path,sha256\r\n12,x,videos/a.mp4," + b"0" * 64 + b"\r\n")
    (entry,) = read_manifest(tmp_path / "m.csv", three_clips, "audios")
    assert (entry.name, entry.path, entry.size) == ("videos/a.mp4", three_clips / "videos" / "a.mp4", 12)


def test_the_published_manifest_is_read(shared, tmp_path, reporter):
    entries = read_manifest(shared / "data" / "fair-play" / "lfs_manifest.csv", tmp_path, "audios")
    assert len(entries) == 3742 + 30
    assert entries[0].path == tmp_path / "audios" / "000001.wav"
    assert sum(entry.name.endswith(".h5") for entry in entries) == 30
    assert check_manifest(entries, SerialExecutor(), reporter, 1) == {}
    assert reporter.lines == ["manifest: 0 of 3772 files are here; checking them."]
