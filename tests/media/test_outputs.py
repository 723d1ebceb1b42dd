"""Places that cannot be written, or must not, are refused before work."""

import pytest

from fairplay_bench.errors import OutputError
from fairplay_bench.media.outputs import check_can_hold, check_folder_is_free, check_is_free


def test_a_file_that_exists_is_replaced_only_when_told(tmp_path):
    (tmp_path / "r.json").write_text("mine")
    with pytest.raises(OutputError, match=r"r\.json: exists; choose another --out, or --overwrite to replace it\.$"):
        check_is_free(tmp_path / "r.json", overwrite=False)
    check_is_free(tmp_path / "r.json", overwrite=True)


def test_places_that_cannot_be_written_are_told_beforehand(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "r.json", tmp_path / "file" / "deeper" / "r.json"):
        with pytest.raises(OutputError, match=r"^cannot write .*r\.json: .*file is no folder that can be written; "):
            check_is_free(path, overwrite=False)
    for overwrite in (False, True):
        with pytest.raises(OutputError, match=r": is a folder; give a file with --out\.$"):
            check_is_free(tmp_path, overwrite)
    with pytest.raises(OutputError, match=r"^cannot write .*File name too long; choose another place with --out\.$"):
        check_is_free(tmp_path / ("r" * 300), overwrite=False)
    check_is_free(tmp_path / "not" / "yet" / "there.json", overwrite=False)
    assert not (tmp_path / "not").exists()


def test_a_folder_without_leave_to_write(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(OutputError, match="is no folder that can be written"):
        check_is_free(tmp_path / "r.json", overwrite=False)
    with pytest.raises(OutputError, match="is no folder that can be written"):
        check_can_hold(tmp_path)


def test_a_folder_that_is_to_appear_whole(tmp_path):
    check_folder_is_free(tmp_path / "not" / "yet", overwrite=False)
    with pytest.raises(OutputError, match=r": exists; choose another --out, or --overwrite to replace it\.$"):
        check_folder_is_free(tmp_path, overwrite=False)
    check_folder_is_free(tmp_path, overwrite=True)
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(OutputError, match=r"file is no folder that can be written; choose another --out\.$"):
            check_folder_is_free(folder, overwrite=True)
    with pytest.raises(OutputError, match="File name too long"):
        check_folder_is_free(tmp_path / ("r" * 300), overwrite=False)
