import errno
import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from fairplay_bench.errors import MediaError, OutputError
from fairplay_bench.media.files import (
    TEMPORARY,
    check_is_content,
    folders_made_for,
    output_problem,
    sha256_of,
    write_json,
    written_whole,
)


def names(folder):
    return sorted(path.name for path in folder.rglob("*"))


def break_off(path, error, *, folder=False):
    with written_whole(path, folder=folder) as temporary:
        (temporary / "000001.jpg" if folder else temporary).write_text("half")
        raise error


def test_a_file_takes_its_name_at_the_end_only(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with written_whole(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        assert temporary.parent == path.parent
        file = temporary.stat().st_ino
    assert path.read_text() == "half"
    assert path.stat().st_ino == file  # renamed, which is one step, and not copied
    assert names(tmp_path) == ["a.txt", "new"]


def test_an_error_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError):
        break_off(path, ZeroDivisionError())
    assert path.read_text() == "before"
    assert names(tmp_path) == ["a.txt"]


def test_an_interrupt_leaves_nothing_half_written(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        break_off(tmp_path / "clip", KeyboardInterrupt(), folder=True)
    assert names(tmp_path) == []


def test_a_folder_replaces_a_folder_and_keeps_nothing_of_it(tmp_path):
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip" / "old").touch()
    with written_whole(tmp_path / "clip", folder=True) as temporary:
        (temporary / "new").touch()
    assert names(tmp_path) == ["clip", "new"]


def test_what_a_killed_run_of_the_same_number_left_is_no_hindrance(tmp_path):
    left = tmp_path / f".clip.{os.getpid()}.tmp"
    left.mkdir()
    (left / "old").touch()
    with written_whole(tmp_path / "clip", folder=True) as temporary:
        assert temporary == left
        assert left in tmp_path.glob(TEMPORARY)
        (temporary / "new").touch()
    assert names(tmp_path) == ["clip", "new"]


def test_a_scratch_folder_holds_the_temporary_name(tmp_path):
    (tmp_path / "scratch").mkdir()
    with written_whole(tmp_path / "out" / "a.txt", tmp_path / "scratch") as temporary:
        temporary.write_text("x")
        assert temporary.parent == tmp_path / "scratch"
        assert names(tmp_path / "out") == []
    assert names(tmp_path) == ["a.txt", "out", "scratch"]


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127], ids=["letters", "bytes"])
def test_the_longest_names_can_be_written(tmp_path, name):
    path = tmp_path / name
    with written_whole(path) as temporary:
        temporary.write_text("x")
        assert list(tmp_path.glob(TEMPORARY)) == [temporary]
        assert not path.exists()
    assert names(tmp_path) == [name]


def test_a_file_that_cannot_be_written_into_a_folder_is_called_by_its_final_name(tmp_path):
    folder = tmp_path / "clip"
    with pytest.raises(OutputError) as caught, written_whole(folder, folder=True) as temporary:
        break_off(temporary / "a.mp4", OSError(errno.EFBIG, os.strerror(errno.EFBIG)))
    assert str(caught.value) == f"cannot write {folder / 'a.mp4'}: File too large; choose another place with --out."
    assert names(tmp_path) == []


def test_folders_made_for_work_that_failed_go_and_others_stay(tmp_path):
    folder = tmp_path / "a" / "b" / "c"
    with pytest.raises(KeyboardInterrupt), folders_made_for(folder):
        break_off(folder / "file", KeyboardInterrupt())
    assert names(tmp_path) == []
    folder.parent.mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt), folders_made_for(folder):
        break_off(folder / "file", KeyboardInterrupt())
    assert names(tmp_path) == ["a", "b"]
    with folders_made_for(folder):
        write_json(folder / "file", {})
    assert names(tmp_path) == ["a", "b", "c", "file"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_line(tmp_path, number):
    path = tmp_path / "a.txt"
    with pytest.raises(OutputError) as caught:
        break_off(path, OSError(number, os.strerror(number)))
    assert str(caught.value) == (
        f"cannot write {path}: the disk is full; free some space and run the same command again."
    )
    assert names(tmp_path) == []


def test_a_real_full_device_is_one_line(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    path = tmp_path / "a.json"
    (tmp_path / f".a.json.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="the disk is full"):
        write_json(path, {"a": 1})
    assert names(tmp_path) == []


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot write .*: (Not a directory|File exists); choose another place"):
        write_json(tmp_path / "file" / "a.json", {})


def test_another_reason_is_said_in_words():
    text = output_problem(Path("a"), OSError(errno.EROFS, os.strerror(errno.EROFS)))
    assert text == "cannot write a: Read-only file system; choose another place with --out."


def test_json_keeps_letters_and_refuses_nan(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"name": "Größe"})
    assert json.loads(path.read_text("utf-8")) == {"name": "Größe"}
    assert "Größe" in path.read_text("utf-8")
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"a": float("nan")})
    assert json.loads(path.read_text("utf-8")) == {"name": "Größe"}


def test_hash_of_several_files_is_that_of_their_bytes_in_order(tmp_path):
    contents = [b"a" * 3_000_000, b"", b"b"]
    paths = [tmp_path / str(number) for number in range(3)]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    assert sha256_of(paths) == sha256(b"".join(contents)).hexdigest()
    assert sha256_of(reversed(paths)) != sha256_of(paths)


def test_content_passes(tmp_path):
    for number, content in enumerate([b"v", b"version https://git-lfs", b"RIFF"]):
        path = tmp_path / str(number)
        path.write_bytes(content)
        check_is_content(path)


def test_a_pointer_of_any_version_is_refused(tmp_path):
    (tmp_path / "a").write_text("version https://git-lfs.github.com/spec/v2\noid sha256:00\nsize 1\n")
    with pytest.raises(MediaError, match=r"a: a git-LFS pointer, not the file itself; run `git lfs pull` in its repos"):
        check_is_content(tmp_path / "a")
