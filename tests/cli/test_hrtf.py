"""``hrtf list | info | fetch | plot``."""

import functools
import json
import threading
import warnings
from dataclasses import replace
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import sofar
from PIL import Image

from fairplay_bench.cli.remarks import remarks_as_lines
from hrtf import catalogue
from hrtf.errors import HrtfError
from hrtf.sofa import SofaWarning
from hrtf.sphere import spherical_head_responses

from ..spherical_sources import noise, plane_wave
from .running import run_here


@pytest.fixture
def cache(monkeypatch, tmp_path):
    folder = tmp_path / "cache"
    monkeypatch.setattr(catalogue, "cache_folder", lambda: folder)
    return folder


@pytest.fixture
def run(capsys, cache, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return functools.partial(run_here, capsys, "hrtf")


@pytest.fixture(scope="module")
def small_head(tmp_path_factory):
    """A SOFA file of a coarse sphere; its receivers contradict its ears."""
    azimuth = np.tile(np.arange(0.0, 360.0, 15.0), 3)
    elevation = np.repeat([-30.0, 0.0, 30.0], 24)
    sofa = sofar.Sofa("SimpleFreeFieldHRIR")
    sofa.Data_IR = spherical_head_responses(azimuth, elevation, sample_rate=48_000, n_taps=240)
    sofa.SourcePosition = np.stack([azimuth, elevation, np.full(len(azimuth), 1.2)], axis=1)
    sofa.Data_SamplingRate = 48_000
    sofa.ReceiverPosition = np.array([[0.0, -0.09, 0.0], [0.0, 0.09, 0.0]])
    path = tmp_path_factory.mktemp("heads") / "swapped.sofa"
    sofar.write_sofa(path, sofa)
    return path


def test_list_names_every_head_with_its_licence(run, cache):
    cache.mkdir()
    (cache / "mit-kemar.sofa").touch()
    outcome = run("list")
    assert outcome.status == 0
    lines = {line.split()[0]: line for line in outcome.out.splitlines()}
    assert set(lines) == set(catalogue.HEADS) >= {"ari-nh2-hrtf", "ari-nh2-dtf", "mit-kemar", "cipic-003"}
    assert " here " in lines["mit-kemar"]
    assert " not fetched " in lines["ari-nh2-hrtf"]
    assert " computed " in lines["spherical-head"]
    assert "[CC BY-SA 3.0]" in lines["ari-nh2-dtf"]


def test_list_as_json_is_one_object(run, cache):
    cache.mkdir()
    (cache / "mit-kemar.sofa").touch()
    heads = {head["name"]: head for head in json.loads(run("list", "--json").out)["heads"]}
    assert {name for name, head in heads.items() if head["here"]} == {"mit-kemar", "spherical-head"}
    assert all(head["licence"] and head["citation"] for head in heads.values())


def test_info_of_the_computed_head(run):
    figures = json.loads(run("info", "spherical-head", "--json").out)
    assert figures["sample_rate"] == 48_000
    assert "spherical-head" in run("info", "spherical-head").out


def figure(figures, *words):
    (value,) = (value for key, value in figures.items() if all(word in key.lower() for word in words))
    return value


def test_info_of_both_real_files(run, shared):
    nh2 = json.loads(run("info", shared / "data" / "sofa" / "dtf_nh2.sofa", "--json").out)
    assert 15 <= figure(nh2, "ild") <= 20
    assert 600 <= figure(nh2, "itd") <= 800
    assert nh2["sample_rate"] == 48_000
    kemar = json.loads(run("info", shared / "data" / "sofa" / "MIT_KEMAR_normal_pinna.sofa", "--json").out)
    assert kemar["sample_rate"] == 44_100
    assert figure(kemar, "ild") > 5


@pytest.mark.parametrize("name", ["fail-issue-135.sofa", "fail-issue-163.sofa"])
@pytest.mark.parametrize("command", ["info", "plot"])
def test_corrupt_files_are_one_line(run, shared, name, command):
    outcome = run(command, shared / "data" / "sofa-bad" / name)
    assert outcome.status == 1
    assert name in outcome.error
    assert outcome.out == ""


def test_remarks_on_a_file_are_lines(run, small_head):
    outcome = run("info", small_head)
    assert outcome.status == 0
    (line,) = outcome.err.splitlines()
    assert line.startswith(f"note: {small_head}: ")
    assert "ReceiverPosition" in line


def test_remarks_come_as_lines_from_other_commands_too(capsys, small_head, tmp_path):
    import soundfile

    soundfile.write(tmp_path / "in.wav", plane_wave(noise(0.2), 0).T, 48_000)
    arguments = ("decode", tmp_path / "in.wav", "--out", tmp_path / "ears.wav", "--decoder", "cube-max-re/1")
    outcome = run_here(capsys, *arguments, "--hrtf", small_head)
    assert f"note: {small_head}: " in outcome.err
    assert "SofaWarning" not in outcome.err


def test_remarks_on_a_file_that_is_then_refused_are_shown(capsys):
    def refusing():
        warnings.warn("x.sofa: the ears are swapped", SofaWarning, stacklevel=1)
        raise HrtfError("x.sofa: no responses.")

    with pytest.raises(HrtfError, match="no responses"), remarks_as_lines():
        refusing()
    assert capsys.readouterr().err == "note: x.sofa: the ears are swapped\n"


def test_other_warnings_are_not_swallowed():
    with pytest.raises(DeprecationWarning, match="old"), remarks_as_lines():
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize("command", ["info", "plot", "fetch"])
def test_unknown_names_come_with_the_known_ones(run, command):
    outcome = run(command, "ari-nh3-hrtf")
    assert outcome.status == 2
    assert "did you mean 'ari-nh2-hrtf'?" in outcome.error


def test_a_head_that_was_not_fetched_says_how(run):
    outcome = run("info", "mit-kemar")
    assert outcome.status == 1
    assert "hrtf fetch mit-kemar" in outcome.error
    assert "--hrtf FILE.sofa" in outcome.error


def test_plot_writes_a_picture(run, small_head, tmp_path):
    outcome = run("plot", small_head, "--out", tmp_path / "new" / "head.png")
    assert outcome.status == 0
    assert outcome.out == f"{tmp_path / 'new' / 'head.png'}\n"
    with Image.open(tmp_path / "new" / "head.png") as picture:
        image = np.asarray(picture.convert("L"))
    assert min(image.shape) > 600
    assert image.std() > 10


def test_plot_takes_the_name_of_the_set_and_overwrites_only_when_told(run, tmp_path):
    (tmp_path / "spherical-head.png").write_text("precious")
    refused = run("plot", "spherical-head")
    assert refused.status == 1
    assert "spherical-head.png: exists" in refused.error
    assert run("plot", "spherical-head", "--overwrite").status == 0
    assert (tmp_path / "spherical-head.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("out", "status"), [("x.doc", 2), ("x", 2), ("file/x.png", 1)])
def test_a_place_that_takes_no_picture_is_one_line(run, small_head, tmp_path, out, status):
    (tmp_path / "file").touch()
    outcome = run("plot", small_head, "--out", tmp_path / out)
    assert outcome.status == status
    assert out in outcome.error


@pytest.fixture
def server(small_head, monkeypatch):
    """Serves the small head as that of MIT."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            """Say nothing."""

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    http = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=small_head.parent))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{http.server_address[1]}/swapped.sofa"
    spec = replace(catalogue.HEADS["mit-kemar"], url=url, sha256="")
    monkeypatch.setitem(catalogue.HEADS, "mit-kemar", spec)
    yield spec
    http.shutdown()
    thread.join()
    http.server_close()


def test_fetch_downloads_and_records_the_checksum_once(run, cache, server, small_head):
    outcome = run("fetch", "mit-kemar")
    digest = sha256(small_head.read_bytes()).hexdigest()
    assert outcome.status == 0
    assert outcome.out == f"{cache / 'mit-kemar.sofa'}: SHA-256 {digest}\n"
    assert "Its checksum was not known before" in outcome.err
    assert "Its checksum was not known before" not in run("fetch", "mit-kemar").err
    assert run("info", "mit-kemar").status == 0


def test_fetch_refuses_other_bytes_than_known(run, cache, server, monkeypatch):
    monkeypatch.setitem(catalogue.HEADS, "mit-kemar", replace(server, sha256="0" * 64))
    outcome = run("fetch", "mit-kemar")
    assert outcome.status == 1
    assert "SHA-256" in outcome.err
    assert not (cache / "mit-kemar.sofa").exists()


def test_fetching_what_is_computed_is_one_line(run):
    outcome = run("fetch", "spherical-head")
    assert outcome.status == 1
    assert "there is nothing to fetch" in outcome.error
