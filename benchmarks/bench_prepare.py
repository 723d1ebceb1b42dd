"""Preparing clips against the ffmpeg program making the same frames and the same sound.

First the pictures: at five picture rates the frames that preparing takes must be those of `ffmpeg -vf fps=10`. Then
the time for 720p clips of 10 s: one job against `ffmpeg -threads 1`, both on one core, and the gain of a second job.
Needs the ffmpeg program.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from timing import seconds

from fairplay_bench.datasets.fair_play import prepare_clip
from fairplay_bench.datasets.units import Unit
from fairplay_bench.media.frames import read_image
from fairplay_bench.media.video import take_frames

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(60))
CLIPS = 8
DURATION_S = 10


def encode(path: Path, rate: Fraction, size: tuple[int, int], images: Iterable[np.ndarray]) -> None:
    """Write pictures as an H.264 MP4."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "23", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))


def moving_texture(pictures: int, width: int = 1280, height: int = 720) -> Iterator[np.ndarray]:
    """Pictures of a noisy texture that slides along."""
    texture = np.random.default_rng(0).integers(0, 64, (height + 64, width + pictures, 3), dtype=np.uint8)
    texture += np.linspace(0, 160, texture.shape[1]).astype(np.uint8)[:, None]
    for number in range(pictures):
        yield np.ascontiguousarray(texture[number % 64 : number % 64 + height, number : number + width])


def ffmpeg(video: Path, sound: Path, out: Path) -> None:
    """Take ten frames a second and resample the sound with the program, on one thread."""
    out.mkdir(exist_ok=True)
    common = ["ffmpeg", "-loglevel", "error", "-nostdin", "-y", "-threads", "1", "-filter_threads", "1"]
    picture = ["-i", video, "-vf", "fps=10,scale=480:240:flags=bilinear", "-qscale:v", "2", out / "%06d.jpg"]
    subprocess.run([*common, *picture], check=True)
    subprocess.run([*common, "-i", sound, "-ar", "16000", "-c:a", "pcm_f32le", out / "sound.wav"], check=True)


def numbered(number: int) -> np.ndarray:
    """A picture that shows its number as ten black or white bars."""
    bars = np.repeat([255 * (number >> bit & 1) for bit in range(10)], 16)
    return np.broadcast_to(bars[None, :, None], (32, 160, 3)).astype(np.uint8)


def shown(picture: np.ndarray) -> int:
    """Number that a picture shows."""
    return sum(1 << bit for bit in range(10) if picture[16, 16 * bit + 8, 0] > 127)


def same_pictures(folder: Path, rate: Fraction) -> tuple[int, int]:
    """Count the frames that show the same picture as the program's, and all."""
    video, out = folder / f"rate{rate.numerator}.mp4", folder / f"frames{rate.numerator}"
    encode(video, rate, (160, 32), (numbered(number) for number in range(round(DURATION_S * rate))))
    out.mkdir()
    chosen = ["ffmpeg", "-loglevel", "error", "-i", video, "-vf", "fps=10", out / "%06d.png"]
    subprocess.run(chosen, check=True)
    theirs = [shown(read_image(path)) for path in sorted(out.iterdir())]
    ours = [shown(image) for image in take_frames(video, 10 * DURATION_S, 160, 32)]
    return sum(a == b for a, b in zip(ours, theirs, strict=True)), len(ours)


def source(folder: Path) -> Path:
    """Write clips of 720p in FAIR-Play's layout."""
    root = folder / "source"
    (root / "videos").mkdir(parents=True)
    (root / "binaural_audios").mkdir()
    encode(root / "videos" / "000001.mp4", Fraction(30), (1280, 720), moving_texture(30 * DURATION_S))
    noise = np.random.default_rng(0).normal(size=(48_000 * DURATION_S, 2)) * 0.1
    soundfile.write(root / "binaural_audios" / "000001.wav", noise, 48_000, subtype="PCM_16")
    for number in range(2, CLIPS + 1):
        shutil.copy(root / "videos" / "000001.mp4", root / "videos" / f"{number:06d}.mp4")
        shutil.copy(root / "binaural_audios" / "000001.wav", root / "binaural_audios" / f"{number:06d}.wav")
    return root


def whole_run(root: Path, out: Path, jobs: int) -> float:
    """Wall time of the command with so many jobs."""
    script = Path(sys.executable).with_name("fairplay-bench")
    began = time.perf_counter()
    command = [script, "prepare", "fair-play", "--source", root, "--out", out, "--jobs", str(jobs)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the pictures that agree, the ratio to the program, and the gain of a second job."""
    cores = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for rate in RATES:
            same, count = same_pictures(folder, rate)
            print(f"{float(rate):6.2f} pictures a second: {same} of {count} frames are the program's")
        root = source(folder)
        video, sound = root / "videos" / "000001.mp4", root / "binaural_audios" / "000001.wav"
        out, scratch = folder / "ours", folder / "scratch"
        scratch.mkdir()
        os.sched_setaffinity(0, {min(cores)})
        unit = Unit("000001", (sound, video))
        ours, theirs = seconds(
            lambda: prepare_clip(unit, out, scratch), lambda: ffmpeg(video, sound, folder / "theirs")
        )
        print(f"one clip on one core: ours {ours:.2f} s, ffmpeg {theirs:.2f} s, ratio {ours / theirs:.2f}")
        os.sched_setaffinity(0, cores)
        one, two = (whole_run(root, folder / f"jobs{jobs}", jobs) for jobs in (1, 2))
        print(f"{CLIPS} clips: 1 job {one:.1f} s, 2 jobs {two:.1f} s, gain {one / two:.2f}")


if __name__ == "__main__":
    main()
