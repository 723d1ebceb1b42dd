"""Videos whose pictures tell their number, however many there are."""

from fractions import Fraction

import av
import numpy as np
import pytest

SIZE = (64, 32)
_BASE, _STEP, _FLOOR = 25, 9, 10  # two digits of base 25, each a grey that survives the codec


def _picture(number):
    high, low = divmod(number, _BASE)
    image = np.full((SIZE[1], SIZE[0], 3), _FLOOR + _STEP * low, dtype=np.uint8)
    image[:, : SIZE[0] // 2] = _FLOOR + _STEP * high
    return image


def _encode_pictures(container, codec, rate, times, options):
    stream = container.add_stream(codec, rate=rate, options=options)
    stream.width, stream.height = SIZE
    stream.pix_fmt = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    stream.codec_context.time_base = 1 / Fraction(rate)
    for number, time in enumerate(times):
        frame = av.VideoFrame.from_ndarray(_picture(number), format="rgb24")
        frame.pts, frame.time_base = round(time * rate), 1 / Fraction(rate)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _encode_noise(container, duration_s):
    stream = container.add_stream("aac", rate=48_000, layout="stereo")
    rng = np.random.default_rng(0)
    for block in range(round(duration_s * 48_000 / 1024)):
        samples = 0.1 * rng.normal(size=(2, 1024))
        frame = av.AudioFrame.from_ndarray(samples.astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, 1024 * block, Fraction(1, 48_000)
        yield from stream.encode(frame)
    yield from stream.encode(None)


@pytest.fixture
def write_numbered():
    """A function that writes a video of numbered pictures, shown at ``times`` (by default number / rate)."""

    def write(
        path,
        rate,
        pictures=30,
        *,
        times=None,
        codec="libx264",
        options=None,
        movflags=None,
        sound_s=0.0,
        metadata=None,
    ):
        times = [Fraction(number) / rate for number in range(pictures)] if times is None else times
        options = ({"crf": "1", "preset": "ultrafast"} if codec == "libx264" else {}) | (options or {})
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w", options={"movflags": movflags} if movflags else {}) as container:
            container.metadata.update(metadata or {})
            packets = list(_encode_pictures(container, codec, rate, times, options)) if times else []
            packets += list(_encode_noise(container, sound_s)) if sound_s else []
            for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
                container.mux(packet)
        return path

    return write


@pytest.fixture
def number_of():
    """A function that reads the number of a picture of any size."""

    def read(image):
        half = image.shape[1] // 2
        high, low = (
            round((float(part.mean()) - _FLOOR) / _STEP)
            for part in (image[:, 2 : half - 4], image[:, half + 4 : 2 * half - 2])
        )
        return _BASE * high + low

    return read
