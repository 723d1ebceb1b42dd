"""What enters the board holds together; whatever was tampered with is refused, with the reason."""

import json

import pytest

from fairplay_bench.errors import BenchError, OptionError, ResultError
from fairplay_bench.records import ModelCard, TrainedOn
from leaderboard.entries import find_entry, read_entries, read_entry
from leaderboard.submission import add, examine, pull_request, retract

from .boards import CLIPS, TEST_OF, content_of, entry_of, known, made, trained, write_board


@pytest.fixture
def root(tmp_path):
    return write_board(tmp_path / "board")


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def refusal(file, root, **options):
    before = sorted(root.rglob("*"))
    with pytest.raises(BenchError) as caught:
        add(file, root, "me", **options)
    assert sorted(root.rglob("*")) == before
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{file}: ")
    return message.removeprefix(f"{file}: ")


def test_a_sound_result_becomes_a_claimed_entry(tmp_path, root):
    result = made("Ünï 2.5D")
    entry = add(write(tmp_path / "r.json", content_of(result)), root, "me\n<b>")
    assert entry.key == "n-2-5d-fair-play-v1"
    assert (entry.status, entry.claimed.by, entry.verified, entry.retracted) == ("claimed", "me <b>", None, None)
    there = read_entry(root / "entries" / f"{entry.key}.json")
    assert there == entry
    assert there.result == result


def set_at(content, where, value):
    inner = content
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value


def moved(content, *where, by=1e-3):
    inner = content
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] *= 1 + by


def without_a_clip(content):
    gone = content["clips"].pop(3)
    content["metrics"] = content_of(made())["metrics"]
    return gone


def doubled(content):
    content["clips"].append(content["clips"][2])


TAMPERED = [
    (lambda c: moved(c, "metrics", "stft", "mean"), r"stft: the mean is stated as \S+, the clips' scores give"),
    (lambda c: moved(c, "metrics", "env", "se"), r"env: the se is stated as"),
    (lambda c: moved(c, "metrics", "snr", "splits", "2", "mean"), r"snr: the mean of split 2 is stated as"),
    (lambda c: moved(c, "metrics", "snr", "splits", "2", "se"), r"snr: the se of split 2 is stated as"),
    (lambda c: set_at(c, ("metrics", "ild", "splits", "1", "failed"), 1), r"ild: the failed of split 1 is stated as 1"),
    (lambda c: moved(c, "clips", 5, "scores", "stft"), r"stft: the mean is stated as"),
    (without_a_clip, r"1 clip\(s\) of the test clips of split 1 missing: 000003"),
    (doubled, r"1 clip\(s\) there twice: 000002 of split 1"),
    (lambda c: set_at(c, ("clips", 0, "clip_id"), "000019"), r"missing: 000000"),
    (lambda c: set_at(c, ("clips", 0, "clip_id"), "000019"), r"1 clip\(s\) no test clip of split 1: 000019"),
    (lambda c: set_at(c, ("clips", 0, "split"), 3), r"1 clip\(s\) of no split claimed: 000000 of split 3"),
    (lambda c: set_at(c, ("clips", 0, "video_id"), "other"), r"said to be cut from another recording: 000000"),
    (
        lambda c: set_at(c, ("clips", 0, "scores", "stft"), float("nan")),
        r"clips\.0\.scores\.stft: Input should be a finit",
    ),
    (lambda c: set_at(c, ("metrics", "stft", "mean"), float("inf")), r"metrics\.stft\.mean: Input should be a finite"),
    (lambda c: set_at(c, ("clips", 0, "scores", "phase"), 3.3), r"with phase outside 0 to 3\.14159: 000000 of split 1"),
    (lambda c: set_at(c, ("clips", 0, "scores", "env"), -0.1), r"with env outside 0 to inf: 000000"),
    (lambda c: set_at(c, ("clips", 0, "scores", "env"), None), r"with env undefined, which it never is: 000000"),
    (lambda c: c["clips"][0]["scores"].pop("itd"), r"without a itd score: 000000"),
    (lambda c: set_at(c, ("clips", 0, "scores", "beauty"), 1.0), r"with scores of other metrics: 000000"),
    (lambda c: set_at(c, ("clips", 0, "failed"), "oh"), r"both failed and scored: 000000"),
    (lambda c: set_at(c, ("dataset", "index_sha256"), "9" * 64), r"index 999999999999 of 'fair-play' is not known"),
    (
        lambda c: set_at(c, ("dataset", "name"), "mini"),
        r"index 111111111111 is that of fair-play 2019\.1, not of 'mini'",
    ),
    (lambda c: set_at(c, ("split_set",), "xu2021"), r"split set 'xu2021' is not one of fair-play: gao2019"),
    (lambda c: set_at(c, ("splits",), [1, 2, 3]), r"split 3 of gao2019 is not known; known: 1, 2"),
    (lambda c: set_at(c, ("splits",), [2, 1]), r"the splits \[2, 1\] are not an ascending list"),
    (lambda c: set_at(c, ("limit",), 8), r"only 8 clips of each split were asked for"),
    (lambda c: set_at(c, ("protocol",), "v9"), r"protocol 'v9' is not known"),
    (
        lambda c: set_at(c, ("protocol",), "xu2021"),
        r"protocol xu2021 and task binaural have the metrics stft, env, mag",
    ),
    (lambda c: set_at(c, ("metrics", "stft", "version"), 9), r"stft: version 9 is later than this tool's 1"),
    (lambda c: set_at(c, ("metrics", "snr", "unit"), "m"), r"snr: the unit is 'm', expected 'dB'"),
    (lambda c: set_at(c, ("schema",), 2), r"schema 2 is later than this version knows \(1\); update the tool"),
    (
        lambda c: set_at(c, ("card", "trained_on", 0, "clip_ids"), ["000007"]),
        r"trained on gao2019 split 1 \(train, val\), which has 1 of the test clips of split 1 \(000007\)",
    ),
    (
        lambda c: set_at(c, ("card", "trained_on", 0, "subsets"), ["train", "test"]),
        r"trained on gao2019 split 1 \(train, test\), which has the test clips of split 1",
    ),
    (
        lambda c: c["card"]["trained_on"].pop(1),
        r"trained on gao2019 split 1 \(train, val\), which has 4 of the test clips of split 2 \(000008, 000009, 00",
    ),
]


@pytest.mark.parametrize(("tamper", "reason"), TAMPERED, ids=[reason[:50] for _, reason in TAMPERED])
def test_what_was_tampered_with_is_refused(tmp_path, root, tamper, reason):
    content = content_of(made())
    tamper(content)
    file = write(tmp_path / "r.json", content)
    message = refusal(file, root)
    import re

    try:
        faults = examine(file, root).faults
    except ResultError:
        faults = [message]
    assert any(re.search(reason, fault) for fault in faults), faults
    assert message.startswith(faults[0])


@pytest.mark.parametrize("content", ["", "scores: 1", '{"schema": 1'])
def test_what_is_no_json_is_refused(tmp_path, root, content):
    assert refusal(write(tmp_path / "r.json", content), root).startswith("not JSON (")


def test_several_faults_are_counted(tmp_path, root):
    content = content_of(made())
    content["metrics"]["stft"]["mean"] += 1
    content["limit"] = 3
    file = write(tmp_path / "r.json", content)
    assert refusal(file, root).endswith(f"(1 more faults; `leaderboard check {file}` lists them)")


def test_the_same_method_twice(tmp_path, root):
    file = write(tmp_path / "r.json", content_of(made()))
    first = add(file, root, "me")
    assert f"'Mine', version '1', is on the board already as {first.key}" in refusal(file, root)
    other = made(card=ModelCard(name="Mine", version="2", trained_on=trained(TEST_OF)))
    second = add(write(tmp_path / "2.json", content_of(other)), root, "me")
    assert second.key == f"{first.key}-2"
    retract(first.key, root, "me", "a bug")
    assert add(file, root, "me").key == f"{first.key}-3"


def test_failed_clips_are_counted_not_refused(tmp_path, root):
    file = write(tmp_path / "r.json", content_of(made(failed={(1, "000002")})))
    assert len(add(file, root, "me").result.failed) == 1


def test_undefined_scores_are_those_of_the_targets(tmp_path, root):
    def with_undefined(clip):
        content = content_of(made())
        found = made()
        clips = [
            one.model_copy(update={"scores": one.scores | {"itd": None}}) if one.clip_id == clip else one
            for one in found.clips
        ]
        from fairplay_bench.scoring.summary import summarize

        metrics = summarize(clips, [1, 2], list(found.metrics))
        content = content_of(found.model_copy(update={"clips": clips, "metrics": metrics}))
        content["card"]["version"] = clip
        return write(tmp_path / f"{clip}.json", content)

    add(with_undefined("000005"), root, "me")
    message = refusal(with_undefined("000006"), root)
    assert message.startswith("4 clip(s) undefined otherwise than in entry mine-fair-play-v1: 000005 of split 1 (itd)")


def test_training_elsewhere_is_nobody_s_business(tmp_path, root):
    seen = (*trained(TEST_OF), TrainedOn("music-stereo", "seeded", 1, ("train", "test")))
    add(write(tmp_path / "r.json", content_of(made(card=ModelCard(name="A", trained_on=seen)))), root, "me")


def test_training_on_another_split_counts_against_all(tmp_path, root):
    """Weights of its own for each split, but fine-tuned before on clips of a split that is not scored."""
    seen = (*trained(TEST_OF), TrainedOn("fair-play", "gao2019", 7, ("train",), ("000000", "000015")))
    message = refusal(write(tmp_path / "r.json", content_of(made(card=ModelCard(name="A", trained_on=seen)))), root)
    assert message.startswith("trained on gao2019 split 7 (train), which has 1 of the test clips of split 1 (000000)")


def test_a_new_data_set_is_taken_with_its_folder(tmp_path, prepared):
    from fairplay_bench.datasets.prepared import open_prepared

    root = write_board(tmp_path / "board")
    data = open_prepared(prepared)
    listed = {split: data.listed("gao2019", split, "test") for split in (1, 2)}
    dataset = {"name": data.name, "version": data.version, "index_sha256": data.index_sha256}
    file = write(tmp_path / "r.json", content_of(made(tests=listed)) | {"dataset": dataset})
    assert "is not known" in refusal(file, root)
    add(file, root, "me", data=prepared)
    assert len(list((root / "indices").glob("*.json"))) == 2
    again = content_of(made(tests=listed)) | {"dataset": dataset}
    again["card"]["version"] = "2"
    add(write(tmp_path / "2.json", again), root, "me")  # known by now
    with pytest.raises(ResultError, match=r"scored on index 111111111111, .* has [0-9a-f]{12}; give the data set"):
        add(write(tmp_path / "3.json", content_of(made())), root, "me", data=prepared)


def test_known_data_tells_clips_recordings_and_subsets(prepared):
    from fairplay_bench.datasets.prepared import open_prepared
    from leaderboard.known import known_of

    data = open_prepared(prepared)
    one = known_of(data)
    for split in data.splits("gao2019"):
        for subset in ("train", "val", "test"):
            assert one.listed("gao2019", split, [subset]) == set(data.listed("gao2019", split, subset))
    assert one.listed("gao2019", 1, ["train", "val"]) == set(data.clips) - set(data.listed("gao2019", 1, "test"))
    assert one.listed("gao2019", 99, ["test"]) == one.listed("other", 1, ["test"]) == set()
    assert one.videos == []
    assert one.video_of["000001"] == "000001"


def test_clips_of_one_recording_are_known():
    one = known(videos=["a"] * 10 + ["b"] * 10)
    assert (one.video_of[CLIPS[0]], one.video_of[CLIPS[-1]]) == ("a", "b")


def test_retracted_entries_stay_on_record(tmp_path, root):
    entry = add(write(tmp_path / "r.json", content_of(made())), root, "me")
    changed = retract("Mine", root, "the author", "trained on\ntest clips")
    assert changed.status == "retracted"
    there = read_entry(root / "entries" / f"{entry.key}.json")
    assert there.retracted is not None
    assert (there.retracted.by, there.retracted.reason) == ("the author", "trained on test clips")
    assert there.result == entry.result
    with pytest.raises(OptionError, match="was taken back before"):
        retract(entry.key, root, "me", "again")
    with pytest.raises(OptionError, match="--reason: say why"):
        retract(entry.key, write_board(tmp_path / "b2", entry), "me", " \n")


def test_entries_are_found_by_key_file_or_name(tmp_path):
    root = write_board(tmp_path, entry_of(made("A"), "a"), entry_of(made("B"), "b-1"), entry_of(made("B"), "b-2"))
    entries = read_entries(root)
    assert find_entry(entries, "a") == find_entry(entries, "A") == find_entry(entries, "x/a.json") == entries[0]
    with pytest.raises(OptionError, match=r"'B' names b-1, b-2; give one of these keys"):
        find_entry(entries, "B")
    with pytest.raises(OptionError, match=r"unknown entry 'b-3'\. Did you mean 'b-"):
        find_entry(entries, "b-3")


def test_damaged_entries_are_named(tmp_path):
    root = write_board(tmp_path, entry_of(made(), "a"))
    path = root / "entries" / "a.json"
    content = json.loads(path.read_text())
    for change, reason in [
        ({"entry": 2}, r"entry 2 is later than this version knows"),
        ({"entry": None}, r"no entry: it has no 'entry'; give a file that `leaderboard add` wrote"),
        ({"key": "../x"}, r"key: String should match pattern"),
        ({"result": content["result"] | {"schema": 5}}, r"schema 5 is later than this version knows"),
        ({"key": "b"}, r"holds the entry b; name the file b\.json"),
    ]:
        write(path, content | change)
        with pytest.raises(BenchError, match=rf"a\.json: {reason}"):
            read_entries(root)
    with pytest.raises(OptionError, match="no such folder; give a folder that holds entries/"):
        read_entries(tmp_path / "nowhere")


def test_the_pull_request_tells_what_is_claimed():
    text = pull_request(
        entry_of(made("A|<b>", card=ModelCard(name="A|<b>", url="https://x.example", trained_on=trained(TEST_OF))))
    )
    assert r"# A&#124;\<b\> on fair-play" in text
    assert "fair-play gao2019 1 (train, val); fair-play gao2019 2 (train, val)" in text
    assert "- 16 test clips, 0 of them failed" in text
    mean = made().metrics["snr"].mean
    assert f"| snr (dB) | {mean:.4g} |" in text


def separation(mixtures, **fields):
    """A result of the task separation; every mixture is in both splits."""
    from fairplay_bench.results.schema import ClipScores
    from fairplay_bench.scoring.metrics import SEPARATION_METRICS
    from fairplay_bench.scoring.summary import summarize

    keys = list(SEPARATION_METRICS)
    clips = [
        ClipScores(split=split, clip_id=mixture, video_id=mixture, scores=dict.fromkeys(keys, 3.0 + number))
        for split in (1, 2)
        for number, mixture in enumerate(mixtures)
    ]
    plain = {"task": "separation", "clips": clips, "metrics": summarize(clips, [1, 2], keys)}
    return made(**(plain | fields))


def test_separation_needs_every_pair_of_held_out_clips(tmp_path, root):
    a, b, c = "000004", "000005", "000006"  # test clips of both splits
    sound = separation([f"{a}+{b}", f"{a}+{c}", f"{b}+{c}"])
    assert add(write(tmp_path / "r.json", content_of(sound)), root, "me").status == "claimed"
    lacking = write(tmp_path / "2.json", content_of(separation([f"{a}+{b}", f"{a}+{c}"])))
    assert refusal(lacking, root).startswith(f"1 clip(s) of the mixtures of split 1 missing: {b}+{c}.")
    fewer = content_of(sound)
    del fewer["metrics"]["sir"]
    fewer["card"]["version"] = "2"
    assert refusal(write(tmp_path / "5.json", fewer), root).startswith(
        "protocol v1 and task separation have the metrics"
    )
    training = write(tmp_path / "3.json", content_of(separation([f"{a}+000015"])))
    assert refusal(training, root).startswith("1 clip(s) mixed in split 1 that it does not hold out: 000015.")
    seen = ModelCard(name="A", trained_on=(TrainedOn("fair-play", "gao2019", 1, ("train",), (b,)),))
    learnt = write(tmp_path / "4.json", content_of(separation([f"{a}+{b}"], card=seen)))
    assert f"which has 1 of the test clips of split 1 ({b})" in refusal(learnt, root)
