import shutil

import pytest


def test_a_whole_data_set(call, prepared):
    ran = call("verify", prepared, "--jobs", 1)
    assert (ran.status, ran.out) == (0, f"{prepared}: all 10 clips are what the index says.\n")
    assert ran.err.splitlines()[-1].startswith("10/10 clips, ")


@pytest.mark.parametrize("jobs", [1, 2])
def test_damage_is_listed_and_the_exit_status_says_so(call, prepared, jobs):
    (prepared / "audio" / "000003.wav").unlink()
    shutil.rmtree(prepared / "frames" / "000009")
    ran = call("verify", prepared, "--jobs", jobs)
    assert ran.status == 1
    assert ran.out.splitlines() == [
        "000003: audio/000003.wav: missing; copy or download it.",
        "000009: frames/000009: 10 frames missing, the first 000001.jpg",
    ]
    assert ran.err.splitlines()[-1].startswith(f"{prepared}: 2 problems; ")


def test_what_is_damaged_is_mended_as_the_message_says(call, make_source, tmp_path):
    command = ["prepare", "fair-play", "--source", make_source(clips=3), "--out", tmp_path, "--jobs", 1]
    out = tmp_path / "fair-play"
    assert call(*command).status == 0
    (out / "frames" / "000001" / "000001.jpg").write_bytes(b"damaged")
    ran = call("verify", out, "--jobs", 1)
    assert ran.status == 1
    assert ran.err.splitlines()[-1] == (
        f"{out}: 1 problems; delete the files named and prepare the data set again, or prepare it with --overwrite."
    )
    shutil.rmtree(out / "frames" / "000001")
    assert call(*command).status == 0
    assert call("verify", out, "--jobs", 1).status == 0


def test_where_nothing_was_prepared(call, tmp_path):
    ran = call("verify", tmp_path, "--jobs", 1)
    assert ran.status == 2
    assert ran.message == f"{tmp_path}: no prepared data set there; run `fairplay-bench prepare` first."


def test_tables_that_cannot_be_read_are_one_line(call, prepared):
    (prepared / "index.parquet").write_text("no table")
    ran = call("verify", prepared, "--jobs", 1)
    assert ran.status == 1
    assert ran.message.startswith(f"{prepared / 'index.parquet'}: cannot be read (")


def test_no_jobs(call, prepared):
    ran = call("verify", prepared, "--jobs", 0)
    assert ran.status == 2
    assert ran.message == "--jobs 0: at least one worker is needed."
