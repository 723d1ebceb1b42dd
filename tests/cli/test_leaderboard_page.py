"""``leaderboard build --format html`` as a command."""

import pytest

from fairplay_bench.datasets.prepared import open_prepared
from fairplay_bench.results.files import write_result

from ..leaderboard.page.boards import made_result
from ..scoring.prepared_sets import write_set
from ..scoring.sounds import panned


@pytest.fixture
def folder(tmp_path):
    targets = {clip: panned(seed, 6, 8000) for seed, clip in enumerate(("000000", "000001"))}
    return write_set(tmp_path / "set", targets)


@pytest.fixture
def results(folder, tmp_path):
    index = open_prepared(folder).index_sha256
    for seed, name in enumerate(("mono-mono", "better")):
        write_result(made_result(name, seed, better=seed, index=index), tmp_path / "results" / f"{name}.json")
    return tmp_path / "results"


def test_the_site_of_a_folder_of_results_with_a_page_to_listen(call, folder, results, tmp_path):
    out = tmp_path / "site"
    done = call(
        *("leaderboard", "build", "--format", "html", "--results", results, "--data", folder),
        *("--listen", "mono-mono", "--clips", 1, "--compare", "mono-mono, better", "--out", out),
    )
    assert done.status == 0
    assert done.out == f"open {out / 'index.html'}\n"
    assert "methods/mono-mono.html" in (out / "listen.html").read_text("utf-8")  # the results know that method
    assert sorted(path.name for path in (out / "sounds").iterdir()) == ["000000"]
    assert "stft" in (out / "index.html").read_text("utf-8")


def test_a_folder_gets_the_site_by_default_and_the_screen_a_table(call, results, tmp_path):
    assert call("leaderboard", "build", "--results", results, "--out", tmp_path / "site").status == 0
    assert (tmp_path / "site" / "index.html").is_file()
    assert not (tmp_path / "site" / "listen.html").exists()
    assert "| better |" in call("leaderboard", "build", "--results", results).out
    again = call("leaderboard", "build", "--results", results, "--out", tmp_path / "site")
    assert (again.status, again.message) == (
        1,
        f"{tmp_path / 'site'}: exists; choose another --out, or --overwrite to replace it.",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--listen", "mono-mono"), "--listen: give the prepared data set of the clips with --data."),
        (("--data", "x"), "--data: only needed to hear clips"),
        (("--listen", "mono-mono", "--data", "no-such-set"), "no prepared data set there"),
        (("--compare", "better"), "--compare better: give two names with a comma between them."),
        (("--compare", "better,worse"), "unknown method to compare 'worse'"),
    ],
)
def test_wrong_options(call, results, tmp_path, arguments, message):
    done = call(
        "leaderboard", "build", "--results", results, *arguments, "--format", "html", "--out", tmp_path / "site"
    )
    assert done.status == 2
    assert message in done.message
    assert not (tmp_path / "site").exists()
