"""A whole site, made once: two methods, a hostile one, published rows, three clips to hear."""

import pytest

from fairplay_bench.datasets.prepared import open_prepared
from leaderboard.page.site import build_site
from leaderboard.page.versions import Selection, Version

from ...scoring.prepared_sets import write_set
from ...scoring.sounds import panned
from .boards import HOSTILE, made_board, made_result


@pytest.fixture(scope="session")
def heard_set(tmp_path_factory):
    """A prepared data set of four clips of 1 s, 12 dB to the left, 3 dB to the left, in the middle, to the right."""
    sides = {"000000": 12, "000001": 3, "000002": 0, "000003": -12}
    targets = {clip: panned(seed, side, 16_000) for seed, (clip, side) in enumerate(sides.items())}
    return write_set(tmp_path_factory.mktemp("heard") / "set", targets)


@pytest.fixture(scope="session")
def site(heard_set, tmp_path_factory):
    """The folder of a site."""
    data = open_prepared(heard_set)
    index = data.index_sha256
    hostile = made_result(HOSTILE, 5, better=-1, paper=HOSTILE, url="javascript:alert(1)", index=index)
    mono = made_result("Mono-Mono", 7, better=-2, index=index)
    versions = (Version("Mono-Mono", "mono-mono"), Version("<b>swapped</b>", "swapped-ears"))
    out = tmp_path_factory.mktemp("page") / "site"
    build_site(
        made_board(hostile, mono, index=index),
        out,
        listening=Selection(data, versions, clips=3),
        named_pairs=[("Plain", "mono-mono")],
    )
    return out
