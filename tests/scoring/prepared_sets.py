"""Small prepared data sets with targets of one's own."""

from dataclasses import replace

from fairplay_bench.datasets.index import (
    DATASET_FILE,
    FORMAT_VERSION,
    INDEX_FILE,
    SPLITS_FILE,
    IndexRow,
    SplitRow,
    index_hash,
    splits_hash,
    write_table,
)
from fairplay_bench.media.audio import write_wav
from fairplay_bench.media.files import write_json
from fairplay_bench.media.frames import write_frames

from .sounds import RATE, np, room


def write_set(folder, targets, tests=None, videos=None, name="fair-play", split_set="gao2019", fields=None):
    """Write a prepared data set.

    Args:
        folder: where.
        targets: ``(2, samples)`` by clip id.
        tests: the test clips of each split; all of them in split 1 by default.
        videos: the recording of a clip where it is another than the clip.
        name: of the data set.
        split_set: its only split set.
        fields: first-order sound, ``(4, samples)`` at 48 kHz, by clip id; a silent Z counts as not recorded.

    Returns:
        The folder.
    """
    rows = [_clip(folder, clip, ears, (videos or {}).get(clip, clip)) for clip, ears in sorted(targets.items())]
    rows = [_with_field(folder, row, fields[row.clip_id]) if fields else row for row in rows]
    tests = tests or {1: sorted(targets)}
    splits = [SplitRow(split_set, split, "test", clip) for split, clips in tests.items() for clip in clips]
    write_table(folder / INDEX_FILE, rows, IndexRow)
    write_table(folder / SPLITS_FILE, splits, SplitRow)
    description = {
        "format": FORMAT_VERSION,
        "name": name,
        "version": "2019.1",
        "parameters": {},
        "split_sets": {split_set: {"published": True, "splits": sorted(tests)}},
        "index_sha256": index_hash(rows),
        "splits_sha256": splits_hash(splits),
        "counts": {"clips": len(rows)},
        "limited": False,
        "failures": [],
        "missing": [],
    }
    write_json(folder / DATASET_FILE, description)
    return folder


def _clip(folder, clip, ears, video):
    samples = ears.shape[1]
    pictures = [
        np.full((24, 48, 3), 10 * number % 256, np.uint8) for number in range(max(1, round(10 * samples / RATE)))
    ]
    write_wav(folder / "audio" / f"{clip}.wav", ears.T, RATE)
    digest = write_frames(folder / "frames" / clip, pictures)
    return IndexRow(
        clip_id=clip,
        video_id=video,
        start_s=0.0,
        duration_s=samples / RATE,
        n_samples=samples,
        n_frames=len(pictures),
        audio=f"audio/{clip}.wav",
        frames=f"frames/{clip}",
        source_sha256="0" * 64,
        audio_sha256="0" * 64,
        frames_sha256=digest,
    )


def _with_field(folder, row, field):
    path = folder / "ambisonics" / f"{row.clip_id}.wav"
    write_wav(path, field.T, 48_000)
    channels = "WYZX" if field[2].any() else "WYX"
    return replace(row, ambisonics=f"ambisonics/{path.name}", ambisonic_channels=channels, ambisonics_sha256="0" * 64)


def rooms(*clips, samples=8000):
    """A target for each clip name."""
    return {clip: room(2 * number, samples) for number, clip in enumerate(clips)}
