"""Made-up 360° recordings: plane waves, numbered pictures, and files that hold both, as the downloads do."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile
from PIL import Image

RATE = 48_000
AAC_PLACES = (2, 1, 4, 0)  # where 5.1 keeps W, Y, Z, X
FULL_SIZE, PREPROCESSED_SIZE = (480, 240), (448, 224)


def noise(seconds, seed=0, rate=RATE):
    return 0.1 * np.random.default_rng(seed).normal(size=round(seconds * rate))


def plane_wave(sound, azimuth_deg, elevation_deg=0.0):
    """W, Y, Z, X of a plane wave, azimuth counter-clockwise, SN3D."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    gains = [1, np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)]
    return np.outer(gains, sound).astype(np.float32)


def left_then_right(seconds=21.0):
    """Noise at the left for ten seconds, then at the right: W, Y, Z, X."""
    sound = noise(seconds)
    return np.concatenate([plane_wave(sound[: 10 * RATE], 90), plane_wave(sound[10 * RATE :], -90)], axis=1)


def as_aac(wyzx):
    """The six channels whose places 2, 1, 4, 0 are W, Y, Z, X."""
    six = np.zeros((6, wyzx.shape[1]), np.float32)
    six[list(AAC_PLACES)] = wyzx
    return six


def grey_of(number):
    return 20 + 7 * number % 210


def numbered(count, size=FULL_SIZE):
    """Pictures whose grey tells their number, counted from 0."""
    return [np.full((size[1], size[0], 3), grey_of(number), np.uint8) for number in range(count)]


def write_av(path, pictures=(), *, fps=10, sound=None, layout="quad", codec="aac", rate=RATE, late_s=0.0, tags=None):
    """Write a file with H.264 pictures, with sound ``(channels, samples)``, or with both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        packets = _pictures(container, pictures, fps, tags or {}) if len(pictures) else []
        packets += _sound(container, sound, layout, codec, rate, late_s) if sound is not None else []
        for packet in sorted(packets, key=lambda one: one.dts * one.time_base):
            container.mux(packet)
    return path


def _pictures(container, pictures, fps, tags):
    stream = container.add_stream("libx264", rate=Fraction(fps), options={"crf": "4", "preset": "ultrafast"})
    stream.height, stream.width = pictures[0].shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.metadata.update(tags)
    packets = []
    for image in pictures:
        packets += stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24"))
    return packets + stream.encode(None)


def _sound(container, sound, layout, codec, rate, late_s):
    options = {"strict": "-2"} | ({"mapping_family": "2"} if layout.startswith("ambisonic") else {})
    stream = container.add_stream(codec, rate=rate, options=options)
    stream.layout = layout
    stream.codec_context.bit_rate = 64_000 * len(sound)
    fitting = av.AudioResampler(format=stream.codec_context.format.name, layout=layout, rate=rate)
    packets = []
    for start in range(0, sound.shape[1], 1024):
        block = np.ascontiguousarray(sound[:, start : start + 1024], dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, start + round(late_s * rate), Fraction(1, rate)
        for piece in fitting.resample(frame):
            packets += stream.encode(piece)
    return packets + stream.encode(None)


def write_aac_download(root, name, wyzx, pictures):
    return write_av(root / f"{name}.mp4", pictures, sound=as_aac(wyzx), layout="5.1")


def write_beside(root, name, wyzx, pictures, rate=RATE):
    """Layout (b)."""
    video = write_av(root / f"{name}.mp4", pictures)
    soundfile.write(video.with_suffix(".wav"), wyzx.T, rate, subtype="FLOAT")
    return video


def write_preprocessed(root, name, wyzx, count):
    """Layout (c), counted from 0."""
    sounds, pictures = root / name / "ambix", root / name / "video"
    sounds.mkdir(parents=True)
    pictures.mkdir()
    for number in range(wyzx.shape[1] // RATE):
        second = wyzx[:, number * RATE : (number + 1) * RATE]
        soundfile.write(sounds / f"{number:06d}.wav", second.T, RATE, subtype="FLOAT")
    for number, image in enumerate(numbered(count, PREPROCESSED_SIZE)):
        Image.fromarray(image).save(pictures / f"{number:06d}.jpg", quality=95)
    return root / name


LAYOUTS = {
    "aac": lambda root, name, wyzx, count: write_aac_download(root, name, wyzx, numbered(count)),
    "opus": lambda root, name, wyzx, count: write_av(
        root / f"{name}.mkv", numbered(count), sound=wyzx, codec="libopus"
    ),
    "beside": lambda root, name, wyzx, count: write_beside(root, name, wyzx, numbered(count)),
    "preprocessed": write_preprocessed,
}  # write a recording of this sound and so many pictures, ten a second


def write_lists(folder, dataset, splits, layouts=None):
    """Write the published kind of lists; ``splits`` are pairs of train and test. No final newline, as there."""
    folder.mkdir(parents=True, exist_ok=True)
    every = sorted({one for train, test in splits for one in (*train, *test)})
    (folder / f"{dataset}.lst").write_text("\n".join(every))
    for number, (train, test) in enumerate(splits, start=1):
        (folder / f"{dataset}.train.{number}.lst").write_text("\n".join(train))
        (folder / f"{dataset}.test.{number}.lst").write_text("\n".join(test))
    if layouts:
        (folder / "audio_layouts.txt").write_text("\n".join(f"{one} {layout}" for one, layout in layouts.items()))
    return Path(folder)
