"""Small boards with made-up scores."""

from fairplay_bench.records import V1, ModelCard, TrainedOn
from fairplay_bench.results.schema import DatasetRef
from fairplay_bench.scoring.metrics import METRICS
from leaderboard.board import Board, Cell, Column, Publication, Retracted, Row, Table

from ..boards import made

HOSTILE = (
    '<script>document.title = "taken"</script><img src=x onerror=alert(1)>"\'`</td></bdi></title> '
    "javascript:alert(1) \u202egnp.exe\u2067 {{ 7 * 7 }} {% raw %} &lt;b&gt; " + "x" * 10_000
)


def made_result(name="Mine", seed=0, better=0.0, index="0" * 64, kind="method", **card):
    """A result on two splits of a small set."""
    dataset = DatasetRef(name="mini", version="1", index_sha256=index)
    return made(name, better, seed, card=ModelCard(name=name, kind=kind, **card), dataset=dataset, split_set="seeded")


def columns():
    made = (METRICS[key] for key in V1.metrics)
    return tuple(Column(m.key, m.unit, m.version, m.higher_is_better, m.least, m.most) for m in made)


def measured_row(result, key, rank=1, best=False, **fields):
    cells = {
        name: Cell(
            mean=metric.mean,
            se=metric.se,
            low=metric.mean - 2 * (metric.se or 0),
            high=metric.mean + 2 * (metric.se or 0),
            best=best,
            rank=rank,
            n=sum(part.n for part in metric.splits.values()),
            splits=metric.splits,
        )
        for name, metric in result.metrics.items()
    }
    plain = {"kind": "measured", "status": "claimed", "rank": rank, "card": result.card, "result": result}
    return Row(key=key, name=result.card.name, cells=cells, **(plain | fields))


def published_row(name, key, stft, first_hand=True, **fields):
    where = {"paper": "A paper", "year": 2021, "venue": "CVPR", "source": "Table 1", "note": ""} | fields
    publication = Publication(method=name, first_hand=first_hand, **where)
    return Row(key=key, kind="published", name=name, cells={"stft": Cell(stft)}, publication=publication)


def made_table(rows, key="mini-seeded-v1", title="mini, split set seeded, protocol v1", **fields):
    plain = {"split_set": "seeded", "splits": (1, 2), "protocol": "v1", "oracle_level": False, "outdated": False}
    plain |= {"index_sha256": "0" * 64, "n_clips": 16, "notes": ("A note.",), "dataset": "mini", "task": "binaural"}
    return Table(key=key, title=title, columns=columns(), rows=tuple(rows), **(plain | fields))


def made_board(*more, index="0" * 64):
    """Two methods, a check, two published rows, and what else is given."""
    good = made_result("Good", 1, better=3, paper="Good et al.", url="https://example.org/good", index=index)
    card = {"trained_on": (TrainedOn("mini", "seeded", 1, ("train", "val")),), "weights_sha256": "a" * 64}
    plain = made_result("Plain", 2, better=1, index=index, **card)
    check = made_result("target", 3, better=9, kind="check", index=index)
    rows = [
        measured_row(good, "good", 1, best=True, status="verified"),
        measured_row(plain, "plain", 2),
        *(measured_row(result, f"more-{number}", 3) for number, result in enumerate(more)),
        measured_row(check, "target", None, kind="check", status="local"),
        published_row("Mono2Binaural", "m2b", 0.836),
        published_row("Other", "other", 0.9, first_hand=False, source="https://example.org/paper"),
    ]
    tables = (
        made_table(rows, index_sha256=index),
        made_table(rows[:1], "mini-gao", "mini, protocol gao2019", oracle_level=True, index_sha256=index),
    )
    return Board(tables, (Retracted("old", "Old", "a maintainer", "2026-01-01T00:00:00+00:00", "trained on test"),))
