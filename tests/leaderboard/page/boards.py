"""Small boards with made-up scores."""

import numpy as np

from fairplay_bench.records import V1, ModelCard, TrainedOn
from fairplay_bench.results.schema import ClipScores, DatasetRef, Result
from fairplay_bench.scoring.metrics import METRICS
from fairplay_bench.scoring.summary import summarize
from leaderboard.board import Board, Cell, Column, Publication, Retracted, Row, Table

HOSTILE = (
    '<script>document.title = "taken"</script><img src=x onerror=alert(1)>"\'`</td></bdi></title> '
    "javascript:alert(1) \u202egnp.exe\u2067 {{ 7 * 7 }} {% raw %} &lt;b&gt; " + "x" * 10_000
)


def made_result(name="Mine", seed=0, splits=(1, 2), clips=12, mean=1.0, index="0" * 64, **card):
    """A result on ``clips`` test clips of each split, lognormal around ``mean``."""
    rng = np.random.default_rng(seed)
    scored = [
        ClipScores(
            split=split,
            clip_id=f"{number:06d}",
            video_id=f"{number:06d}",
            scores={key: round(float(mean * rng.lognormal(0, 0.3)), 6) for key in V1.metrics},
        )
        for split in splits
        for number in range(clips * (split - 1) // 2, clips * (split - 1) // 2 + clips)
    ]
    return Result(
        tool="0.1.0",
        created="2026-01-02T03:04:05+00:00",
        dataset=DatasetRef(name="mini", version="1", index_sha256=index),
        split_set="seeded",
        splits=list(splits),
        protocol="v1",
        task="binaural",
        card=ModelCard(name=name, **card),
        environment={"python": "3.11"},
        metrics=summarize(scored, list(splits), V1.metrics),
        clips=scored,
    )


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
    plain |= {"index_sha256": "0" * 64, "n_clips": 24, "notes": ("A note.",), "dataset": "mini", "task": "binaural"}
    return Table(key=key, title=title, columns=columns(), rows=tuple(rows), **(plain | fields))


def made_board(*more, index="0" * 64):
    """Two methods, a check, two published rows, and what else is given."""
    good = made_result("Good", 1, mean=0.8, paper="Good et al.", url="https://example.org/good", index=index)
    card = {"trained_on": (TrainedOn("mini", "seeded", 1, ("train", "val")),), "weights_sha256": "a" * 64}
    plain = made_result("Plain", 2, mean=1.2, index=index, **card)
    check = made_result("target", 3, mean=0.1, kind="check", index=index)
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
