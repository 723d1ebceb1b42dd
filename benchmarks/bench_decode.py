"""Time the decoding of first-order ambisonics to two ears on one core, and its memory.

    python -m benchmarks.bench_decode [--minutes 10] [--head spherical-head]

Compared, in the same run: the standard decoder as a stream of blocks and over the whole signal in memory, and what a
script would do, numpy.convolve over eight virtual loudspeakers (on a part of the signal; it is slow), whose filters are
those of the cube decoder, so that its deviation from ours can be given. The memory is the peak of a fresh process that
decodes a stream of the given length.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from hrtf.ambisonics import spherical_harmonics
from hrtf.catalogue import load_head
from hrtf.decoder import Decoder, decode, decode_blocks
from hrtf.decoders import STANDARD, make_decoder
from hrtf.directions import Floats
from hrtf.hrir_set import HrirSet
from hrtf.layouts import layout
from hrtf.virtual_speakers import speaker_gains, virtual_speakers

SAMPLE_RATE = 48000
BLOCK = SAMPLE_RATE  # a second of sound, as a reader of files would give
CONVOLVE_S = 10
ROUNDS = 3  # the best counts: what else runs on the machine only slows down


def blocks(seconds: int) -> Iterator[Floats]:
    """First-order noise, a second at a time."""
    rng = np.random.default_rng(0)
    noise = 0.1 * rng.standard_normal((4, BLOCK))
    for _ in range(seconds):
        yield noise


def stream_s(decoder: Decoder, seconds: int) -> float:
    """Seconds to decode a stream."""
    start = time.perf_counter()
    samples = sum(block.shape[1] for block in decode_blocks(blocks(seconds), decoder, SAMPLE_RATE))
    assert samples == seconds * SAMPLE_RATE
    return time.perf_counter() - start


def whole_s(decoder: Decoder, seconds: int) -> float:
    """Seconds to decode a signal in memory."""
    signal = np.concatenate(list(blocks(seconds)), axis=1)
    start = time.perf_counter()
    decode(signal, decoder, SAMPLE_RATE)
    return time.perf_counter() - start


def convolve(hrirs: HrirSet, seconds: int) -> tuple[float, float]:
    """Seconds for numpy.convolve over the cube's speakers, and the largest deviation of our cube decoder from it."""
    signal = np.concatenate(list(blocks(seconds)), axis=1)
    speakers = layout("cube")
    ears = hrirs.impulse_responses(speakers.azimuth_deg, speakers.elevation_deg)
    start = time.perf_counter()
    feeds = speaker_gains(speakers, 1) @ signal
    out = np.zeros((2, signal.shape[1]))
    for feed, responses in zip(feeds, ears, strict=True):
        for ear in range(2):
            out[ear] += np.convolve(feed, responses[ear])[: signal.shape[1]]
    elapsed = time.perf_counter() - start
    ours = decode(signal, virtual_speakers(hrirs, speakers, 1), SAMPLE_RATE)
    return elapsed, float(np.abs(ours - out).max() / np.abs(out).max())


def peak_mib(head: str, seconds: int) -> float:
    """Peak memory of a fresh process that decodes a stream of so many seconds."""
    command = [sys.executable, "-m", "benchmarks.bench_decode", "--head", head, "--memory-of", str(seconds)]
    return float(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def main() -> None:
    """Parse the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--head", default="spherical-head")
    parser.add_argument("--memory-of", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    hrirs = load_head(options.head, sample_rate=SAMPLE_RATE)
    decoder = make_decoder(STANDARD, hrirs)
    if options.memory_of:
        stream_s(decoder, options.memory_of)
        print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
        return
    seconds = 60 * options.minutes
    lengths = (60, seconds)  # first of all: a child's peak counts from its parent's size
    memory = [f"{length // 60} min {peak_mib(options.head, length):.0f} MiB" for length in lengths]
    convolve_s, deviation = convolve(hrirs, CONVOLVE_S)
    baseline = CONVOLVE_S / convolve_s
    front = float(np.abs(decoder.plane_wave(spherical_harmonics(1, 0.0, 0.0))).max())
    print(f"head {hrirs.name}, decoder {decoder.name} ({decoder.responses.shape[-1]} taps, peak {front:.2f} in front)")
    print(f"{options.minutes} min of first order at {SAMPLE_RATE} Hz, one core:")
    print(f"  numpy.convolve, 8 speakers, {hrirs.total_taps} taps  {baseline:7.0f} x real time (from {CONVOLVE_S} s)")
    for name, measure in (("stream", stream_s), ("whole signal", whole_s)):
        elapsed = min(measure(decoder, seconds) for _ in range(ROUNDS))
        factor = seconds / elapsed
        print(f"  {name:38s}{factor:7.0f} x real time ({elapsed:.2f} s), {factor / baseline:.1f} x numpy.convolve")
    print(f"  deviation of the cube decoder from numpy.convolve: {deviation:.1e} of the peak")
    print(f"  peak memory of a stream: {', '.join(memory)}")


if __name__ == "__main__":
    main()
