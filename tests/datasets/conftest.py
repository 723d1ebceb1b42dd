"""Preparing small sources in this process."""

import shutil
from dataclasses import replace

import pytest

from fairplay_bench.datasets.prepare import prepare
from fairplay_bench.datasets.recipes import FairPlayOptions, fair_play_plan
from fairplay_bench.jobs import Reporter, SerialExecutor

LFS_POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1921102\n"


class Listener(Reporter):
    """Keeps what is said."""

    def __init__(self):
        self.lines = []

    def say(self, text):
        self.lines.append(text)


@pytest.fixture
def lfs_pointer():
    """What a git-LFS clone holds in place of a file that was not fetched."""
    return LFS_POINTER


@pytest.fixture
def reporter():
    """A reporter that keeps what is said, in ``lines``."""
    return Listener()


@pytest.fixture
def run_prepare(reporter):
    """A function that prepares a FAIR-Play source in this process: ``run(source, out, worker=None, **options)``."""

    def run(source, out, *, worker=None, overwrite=False, **options):
        plan = fair_play_plan(FairPlayOptions(source, **options), SerialExecutor(), reporter, 1)
        if worker is not None:
            plan = replace(plan, worker=worker)
        return prepare(plan, out, SerialExecutor(), reporter, overwrite=overwrite)

    return run


@pytest.fixture(scope="session")
def _three_clips(tmp_path_factory):
    return tmp_path_factory.mktemp("three") / "source"


@pytest.fixture
def three_clips(_three_clips, make_source, tmp_path):
    """A source of three clips of 1 s, written once and copied for each test."""
    if not _three_clips.exists():
        shutil.copytree(make_source(clips=3, name="original"), _three_clips)
    return shutil.copytree(_three_clips, tmp_path / "source")


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory):
    return tmp_path_factory.mktemp("ten") / "prepared"


@pytest.fixture
def prepared(_prepared, make_source, run_prepare, tmp_path):
    """A prepared data set of ten clips of 1 s with two splits, prepared once and copied for each test."""
    if not _prepared.exists():
        assert run_prepare(make_source(name="original"), _prepared).complete
    return shutil.copytree(_prepared, tmp_path / "prepared")
