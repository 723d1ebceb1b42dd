"""Fixtures that several packages' tests share: the real data, and small made-up sources."""

from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
import h5py
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from fairplay_bench.datasets.prepare import prepare
from fairplay_bench.datasets.recipes import FairPlayOptions, fair_play_plan
from fairplay_bench.jobs import Reporter, SerialExecutor

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the repository; tests that need it are skipped without it."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the folder of real data, ../shared, is not there")
    return SHARED


def write_video(path: Path, rate: Fraction, pictures: int, size: tuple[int, int] = (64, 32)) -> None:
    """Write an H.264 MP4 whose picture n is a grey of level 3 n mod 256, so that a picture tells its number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "1", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(pictures):
            image = np.full((size[1], size[0], 3), 3 * number % 256, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))


def two_ears(seed: int, samples: int) -> NDArray[np.float32]:
    """Noise for two ears that share most of it, ``(samples, 2)``."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(samples, 1))
    return (0.1 * common + 0.03 * rng.normal(size=(samples, 2))).astype(np.float32)


def write_split(folder: Path, subsets: dict[str, list[str]]) -> None:
    """Write one split as FAIR-Play publishes it."""
    folder.mkdir(parents=True, exist_ok=True)
    for subset, clips in subsets.items():
        with h5py.File(folder / f"{subset}.h5", "w") as file:
            file["audio"] = np.array([f"/private/home/x/binaural16k/{clip}.wav".encode() for clip in clips])


SourceMaker = Callable[..., Path]


@pytest.fixture
def make_source(tmp_path: Path) -> SourceMaker:
    """A function that writes a small folder in FAIR-Play's layout: clips of 1 s, two splits of 8:1:1."""

    def make(clips: int = 10, duration_s: float = 1.0, rate: int = 48_000, name: str = "source") -> Path:
        root = tmp_path / name
        ids = [f"{number:06d}" for number in range(1, clips + 1)]
        (root / "binaural_audios").mkdir(parents=True)
        for seed, clip in enumerate(ids):
            sound = two_ears(seed, round(duration_s * rate))
            soundfile.write(root / "binaural_audios" / f"{clip}.wav", sound, rate, subtype="PCM_16")
            write_video(root / "videos" / f"{clip}.mp4", Fraction(30), round(30 * duration_s))
        tenth = max(1, clips // 10)
        for split in (1, 2):
            order = ids[split:] + ids[:split]
            subsets = {"test": order[:tenth], "val": order[tenth : 2 * tenth], "train": order[2 * tenth :]}
            write_split(root / "splits" / f"split{split}", subsets)
        return root

    return make


@pytest.fixture
def prepared(make_source: SourceMaker, tmp_path: Path) -> Path:
    """A small prepared data set of ten clips of 1 s with two splits."""
    plan = fair_play_plan(FairPlayOptions(make_source(name="prepared-source")), SerialExecutor(), Reporter(), 1)
    folder = tmp_path / "prepared"
    assert prepare(plan, folder, SerialExecutor(), Reporter()).complete
    return folder


class Heard(Reporter):
    """Keeps what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        """Keep a line."""
        self.lines.append(text)


@pytest.fixture
def hearing() -> type[Heard]:
    """A class of reporters that keep in ``lines`` what was said."""
    return Heard


@pytest.fixture
def split_writer() -> Callable[[Path, dict[str, list[str]]], None]:
    """The function :func:`write_split`, for tests that need other splits."""
    return write_split


@pytest.fixture
def video_writer() -> Callable[..., None]:
    """The function :func:`write_video`, for tests that need other videos."""
    return write_video


@pytest.fixture
def hashes() -> Callable[[Path], dict[str, str]]:
    """A function that gives the SHA-256 of every file in a folder, by its path there."""

    def of(folder: Path) -> dict[str, str]:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}

    return of
