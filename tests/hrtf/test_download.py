"""Downloads against a server on this machine that breaks off, lies, or has something else."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import numpy as np
import pytest

from hrtf.catalogue import HEADS, HeadSpec, fetch, fetch_file, head_spec, load_head
from hrtf.download import download
from hrtf.errors import DownloadError, SofaError, UnknownNameError

from .sofa_files import sofa_object, written

CONTENT = np.random.default_rng(0).bytes(200_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves ``server.plan.content``; every response listed in ``breaks`` ends after so many bytes."""

    def do_GET(self):
        plan = self.server.plan
        start = 0
        asked = self.headers.get("Range")
        plan.requests.append(asked)
        if plan.status != 200:
            self.send_error(plan.status)
            return
        if asked and plan.ranges and self.headers.get("If-Range", plan.etag) == plan.etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(plan.content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(plan.content) - 1}/{len(plan.content)}")
        else:
            self.send_response(200)
        body = plan.content[start:]
        self.send_header("Content-Length", str(len(body)))
        if plan.etag:
            self.send_header("ETag", plan.etag)
        self.end_headers()
        if plan.breaks:
            body = body[: plan.breaks.pop(0)]
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr("hrtf.download.WAIT_S", 0.0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.plan = SimpleNamespace(content=CONTENT, breaks=[], ranges=True, etag='"one"', status=200, requests=[])
    http.url = f"http://127.0.0.1:{http.server_address[1]}/head.sofa"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield http
    http.shutdown()
    thread.join()
    http.server_close()


def spec(server, sha256=""):
    return HeadSpec("toy", "a toy", server.url, "CC0", "nobody", sha256)


def test_a_plain_download(server, tmp_path):
    path, sha256 = download(server.url, tmp_path / "a" / "head.sofa", SHA256, progress=False)
    assert path.read_bytes() == CONTENT
    assert sha256 == SHA256
    assert sorted(p.name for p in path.parent.iterdir()) == ["head.sofa"]


def test_the_second_time_nothing_is_asked(server, tmp_path):
    for _ in range(2):
        download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    assert len(server.plan.requests) == 1


def test_a_broken_download_is_continued_where_it_broke(server, tmp_path):
    server.plan.breaks = [50_000, 60_000]
    path, _ = download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    assert path.read_bytes() == CONTENT
    starts = [int(asked.removeprefix("bytes=").removesuffix("-")) for asked in server.plan.requests[1:]]
    assert server.plan.requests[0] is None
    assert len(starts) == 2
    assert 45_000 < starts[0] <= 50_000
    assert 100_000 < starts[1] <= 110_000


def test_a_later_run_continues_too(server, tmp_path):
    server.plan.breaks = [10_000, 10_000, 10_000, 10_000]
    with pytest.raises(DownloadError, match=r"broken off after \d+ bytes, which the next attempt will continue"):
        download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    waiting = (tmp_path / "head.sofa.part").stat().st_size
    assert 30_000 < waiting <= 40_000
    assert not (tmp_path / "head.sofa").exists()
    path, _ = download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    assert path.read_bytes() == CONTENT
    assert server.plan.requests[-1] == f"bytes={waiting}-"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["head.sofa"]


def test_a_server_that_cannot_continue_starts_anew(server, tmp_path):
    server.plan.breaks, server.plan.ranges = [50_000], False
    path, _ = download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    assert path.read_bytes() == CONTENT


def test_a_file_that_changed_in_between_is_not_patched_together(server, tmp_path):
    server.plan.breaks = [10_000] * 4
    with pytest.raises(DownloadError):
        download(server.url, tmp_path / "head.sofa", "", progress=False)
    server.plan.content, server.plan.etag = CONTENT[::-1], '"two"'
    path, _ = download(server.url, tmp_path / "head.sofa", "", progress=False)
    assert path.read_bytes() == CONTENT[::-1]


def test_a_part_longer_than_the_file_is_thrown_away(server, tmp_path):
    (tmp_path / "head.sofa.part").write_bytes(bytes(300_000))
    stamp = {"url": server.url, "validator": server.plan.etag}
    (tmp_path / "head.sofa.part.json").write_text(json.dumps(stamp))
    path, _ = download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    assert path.read_bytes() == CONTENT


def test_a_part_of_unknown_origin_is_not_continued(server, tmp_path):
    (tmp_path / "head.sofa.part").write_bytes(b"something else")
    path, _ = download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    assert path.read_bytes() == CONTENT


def test_other_bytes_are_refused_and_not_kept(server, tmp_path):
    server.plan.content = b"other bytes"
    with pytest.raises(DownloadError, match="not the expected file") as caught:
        download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_in_the_cache_is_fetched_again(server, tmp_path):
    (tmp_path / "head.sofa").write_bytes(b"damaged")
    path, _ = download(server.url, tmp_path / "head.sofa", SHA256, progress=False)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("status", [403, 404, 500])
def test_the_servers_refusal_is_told(server, tmp_path, status):
    server.plan.status = status
    with pytest.raises(DownloadError, match=f"answers {status}"):
        download(server.url, tmp_path / "head.sofa", "", progress=False)
    assert len(server.plan.requests) == 1


def test_offline_says_what_to_do(server, tmp_path):
    url = server.url.replace(str(server.server_address[1]), "9")  # discard: nobody listens there
    with pytest.raises(DownloadError, match=r"no connection.*give a file you have: --hrtf FILE\.sofa"):
        download(url, tmp_path / "head.sofa", "", progress=False)


def test_an_unknown_checksum_is_recorded_once_and_held_against_later_ones(server, tmp_path):
    first = fetch_file(spec(server), folder=tmp_path, progress=False)
    assert (first.sha256, first.recorded) == (SHA256, True)
    again = fetch_file(spec(server), folder=tmp_path, progress=False)
    assert (again.sha256, again.recorded) == (SHA256, False)
    first.path.unlink()
    server.plan.content = b"other bytes"
    with pytest.raises(DownloadError, match="not the expected file"):
        fetch_file(spec(server), folder=tmp_path, progress=False)


def test_a_known_checksum_is_not_recorded(server, tmp_path):
    assert not fetch_file(spec(server, SHA256), folder=tmp_path, progress=False).recorded
    assert not (tmp_path / "checksums.json").exists()


def test_an_unreadable_record(server, tmp_path):
    (tmp_path / "checksums.json").write_text("[")
    with pytest.raises(DownloadError, match="not a list of checksums"):
        fetch_file(spec(server), folder=tmp_path, progress=False)


def test_the_progress_bar_goes_to_standard_error(server, tmp_path, capsys):
    download(server.url, tmp_path / "head.sofa", SHA256, progress=True)
    assert capsys.readouterr().out == ""


# --- the catalogue ---


def test_the_table():
    assert set(HEADS) == {"ari-nh2-hrtf", "ari-nh2-dtf", "mit-kemar", "cipic-003", "spherical-head"}
    assert head_spec("ari-nh2-hrtf").url.endswith("/ari/hrtf_nh2.sofa")
    assert head_spec("ari-nh2-dtf").url != head_spec("ari-nh2-hrtf").url
    for head in HEADS.values():
        assert head.licence
        assert head.citation
        assert head.url.startswith("https://") or head.name == "spherical-head"


def test_nothing_to_fetch_for_the_sphere(tmp_path):
    with pytest.raises(DownloadError, match="computed"):
        fetch("spherical-head", folder=tmp_path)


def test_the_sphere_needs_no_file():
    assert load_head("spherical-head", sample_rate=16000).sample_rate == 16000


def test_a_set_that_was_not_fetched(tmp_path):
    with pytest.raises(DownloadError, match=r"get it with 'fairplay-bench hrtf fetch mit-kemar', or give --hrtf FILE"):
        load_head("mit-kemar", folder=tmp_path)


def test_a_fetched_set_is_loaded_under_its_name(tmp_path):
    written(tmp_path, sofa_object(), "mit-kemar.sofa")
    hrirs = load_head("mit-kemar", folder=tmp_path, sample_rate=44100)
    assert (hrirs.name, hrirs.sample_rate) == ("mit-kemar", 44100)
    assert "MIT Media Laboratory" in hrirs.licence


def test_a_file_is_loaded_without_any_network(tmp_path, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was opened"))
    assert load_head(str(written(tmp_path, sofa_object()))).sample_rate == 48000


def test_names_and_paths_that_are_neither(tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'mit-kemar'"):
        load_head("mit-kemer")
    with pytest.raises(SofaError, match="no such file"):
        load_head(str(tmp_path / "absent.sofa"))
