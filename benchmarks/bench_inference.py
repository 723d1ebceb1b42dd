"""Windowed prediction of a 10 s clip, hop 0.05 s, by Mono2Binaural at the paper's size.

Ours against the plain loop (one window a forward pass, its picture read and encoded for each window), same weights,
fp32, and ours in bf16; the deviation of each, the multiplications that each does, the peak memory of a prediction, and
how near fp32 comes to the machine's own rate of multiplying matrices.
"""

import argparse
import functools
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from timing import seconds
from torch.utils.flop_counter import FlopCounterMode

from baselines.mono2binaural.network import Mono2BinauralNet
from baselines.mono2binaural.products import FixedProducts
from fairplay_bench.dsp.level import window_gain
from fairplay_bench.dsp.stft import inverse_stft, stft
from fairplay_bench.dsp.windows import WINDOW_SAMPLES, overlap_add, window_centre_s, window_starts
from fairplay_bench.media.frames import frame_name, read_image, write_frames
from fairplay_bench.models.interface import Frames, MonoClip
from fairplay_bench.models.side_by_side import on_one_core
from fairplay_bench.models.window_pictures import resized
from fairplay_bench.models.windowed import PRECISIONS, WindowedBinauralizer
from fairplay_bench.records import SAMPLE_RATE, V1, ModelCard

SAMPLES = 160_000
SIDE = 2048  # of the matrices that measure the machine
PICTURES, WINDOWS = 8, 16  # of which the parts of a batch have as many or fewer


def network() -> Mono2BinauralNet:
    """A network of the paper's size whose norms are not the identity."""
    torch.manual_seed(0)
    made = Mono2BinauralNet()
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_var.uniform_(0.5, 1.5)
            module.running_mean.normal_(0, 0.1)
    return made.eval()


def clip(folder: Path) -> MonoClip:
    """Ten seconds of noise with pictures whose files are about as large as those of a recording, 50 kB."""
    rng = np.random.default_rng(0)
    write_frames(folder / "frames", (picture(rng) for _ in range(100)))
    mono = torch.from_numpy((0.1 * rng.normal(size=SAMPLES)).astype(np.float32))
    return MonoClip("noise", mono, SAMPLE_RATE, Frames(folder / "frames", 100))


def picture(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Blurred colours with some grain, ``(240, 480, 3)``."""
    colours = Image.fromarray(rng.integers(0, 256, (15, 30, 3), np.uint8)).resize((480, 240), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(colours) + rng.normal(0, 3, (240, 480, 1)), 0, 255).astype(np.uint8)


def plain(made: Mono2BinauralNet, heard: MonoClip, folder: Path, windows: int | None = None) -> torch.Tensor:
    """One window after another, as the released script does it."""
    starts = window_starts(SAMPLES, 800)[:windows]
    pieces = []
    with torch.inference_mode():
        for start in starts:
            number = heard.frames.number_at(window_centre_s(start, SAMPLE_RATE))
            image = torch.from_numpy(read_image(folder / "frames" / frame_name(number))).permute(2, 0, 1)
            gain = window_gain(heard.level(start, start + WINDOW_SAMPLES), 0.1)
            total = stft(2 * heard.mono[start : start + WINDOW_SAMPLES] * gain)[None]
            rows = made.predict(total, made.encode(resized(image, (224, 448))[None]))
            pieces.append(inverse_stft(rows, WINDOW_SAMPLES, 512)[0] / gain)
    return overlap_add(pieces, starts, SAMPLES)


def ours(made: Mono2BinauralNet, precision: str) -> WindowedBinauralizer:
    """The shared windowed prediction."""
    method = WindowedBinauralizer(made, ModelCard("bench"))
    method.configure(precision)
    return method


def difference(ears: torch.Tensor) -> torch.Tensor:
    """Left less right."""
    return ears[0] - ears[1]


def matrix_rate(clock: Callable[[], float]) -> float:
    """Multiplications and additions a second of a large fp32 matrix product, by the faster of the two libraries."""
    one, other = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE)
    packed = FixedProducts(other.t()[None], SIDE)
    return 2 * SIDE**3 / min(least(lambda: one @ other, clock), least(lambda: packed([one]), clock))


def packed_flops(left: tuple[int, ...], right: tuple[int, ...], *_: object, **__: object) -> int:
    """Multiplications and additions of oneDNN's product, which torch's counter does not know."""
    return 2 * math.prod(left) * right[0]


def convolution_flops(
    _inputs: tuple[int, ...], weight: tuple[int, ...], *_: object, out_shape: tuple[int, ...], **__: object
) -> int:
    """The same of its convolution."""
    return 2 * math.prod(out_shape) * math.prod(weight[1:])


def flops(made: Mono2BinauralNet) -> dict[str, tuple[float, float]]:
    """Of one picture and of one window: by the network's definition, and as ours computes them, in fp32.

    Products and convolutions are counted, sums are not; a chunk of windows or pictures is counted whole and divided.
    """
    pictures = torch.zeros(PICTURES, 3, 224, 448, dtype=torch.uint8)
    sums, ready = torch.randn(WINDOWS, WINDOW_SAMPLES), made.ready(torch.device("cpu"), torch.float32)
    known = {
        torch.ops.mkldnn._linear_pointwise: packed_flops,
        torch.ops.mkldnn._convolution_pointwise: convolution_flops,
        torch.ops.mkldnn._convolution_pointwise_: lambda _added, *rest, **named: convolution_flops(*rest, **named),
    }

    def counted(work: Callable[[], object], pieces: int) -> float:
        with torch.no_grad(), FlopCounterMode(display=False, custom_mapping=known) as counter:
            work()
        return counter.get_total_flops() / pieces

    with torch.no_grad():
        seen, total = ready.encode(pictures).repeat(2, 1, 1, 1), stft(sums)
    with on_one_core():  # what other threads multiply is not counted
        return {
            "by definition": (
                counted(lambda: made.encode(pictures), PICTURES),
                counted(lambda: made.predict(total, torch.zeros(WINDOWS, 784)), WINDOWS),
            ),
            "ours": (
                counted(lambda: ready.encode(pictures), PICTURES),
                counted(lambda: ready.ears(sums, seen, 512), WINDOWS),
            ),
        }


def pieces(made: Mono2BinauralNet, rounds: int = 9) -> dict[str, tuple[float, float]]:
    """Processor seconds of a picture and of a window: the plain loop's one by one, ours by the batch.

    Ours take turns in the two precisions, so that a slow moment of the machine meets both; the median counts.
    """
    shown = torch.randint(0, 256, (PICTURES, 3, 224, 448), dtype=torch.uint8)
    sums, times = 0.1 * torch.randn(WINDOWS, WINDOW_SAMPLES), {}
    with torch.inference_mode():
        code = made.encode(shown[:1])
        times["plain loop"] = (
            least(lambda: made.encode(shown[:1])),
            least(lambda: inverse_stft(made.predict(stft(sums[:1]), code), WINDOW_SAMPLES, 512)),
        )
        works = {}
        for label, dtype in PRECISIONS.items():
            ready = made.ready(torch.device("cpu"), dtype)
            seen = ready.encode(shown).repeat(WINDOWS // PICTURES, 1, 1, 1)
            works[label] = functools.partial(ready.encode, shown), functools.partial(ready.ears, sums, seen, 512)
        taken: dict[str, list[tuple[float, float]]] = {label: [] for label in works}
        for _ in range(rounds):
            for label, (picture, window) in works.items():
                taken[label].append((least(picture, rounds=2) / PICTURES, least(window, rounds=2) / WINDOWS))
    return times | {label: (median(p for p, _ in each), median(w for _, w in each)) for label, each in taken.items()}


def least(work: Callable[[], object], clock: Callable[[], float] = time.process_time, rounds: int = 7) -> float:
    """Least seconds of several rounds, of the processor unless another clock is given."""
    times = []
    for _ in range(rounds):
        began = clock()
        work()
        times.append(clock() - began)
    return min(times)


def print_pieces(made: Mono2BinauralNet, pictures: int, windows: int) -> None:
    """Print what a picture, a window and a clip take, from one thread's processor seconds; noise hardly matters."""
    torch.set_num_threads(1)
    totals = {}
    for label, (picture, window) in pieces(made).items():
        totals[label] = (windows if label == "plain loop" else pictures) * picture + windows * window
        print(
            f"{label}: {picture * 1e3:.1f} ms a picture, {window * 1e3:.1f} ms a window, {totals[label]:.2f} s a clip"
        )
    plain, full, half = totals["plain loop"], totals["fp32"], totals["bf16"]
    print(f"fp32 {plain / full:.2f} x the plain loop, bf16 {full / half:.2f} x fp32")
    print_work(made, pictures, windows, {"plain loop": plain, "ours": full}, matrix_rate(time.process_time))


def print_work(made: Mono2BinauralNet, pictures: int, windows: int, taken: dict[str, float], rate: float) -> None:
    """Print the multiplications of both ways in fp32, and their share of a rate.

    Args:
        made: the network.
        pictures: different ones of the clip.
        windows: of the clip.
        taken: seconds that each way took.
        rate: of a matrix product.
    """
    counts = flops(made)
    for label, (picture, window) in counts.items():
        print(f"{label}: {picture / 1e9:.2f} GFLOP a picture, {window / 1e9:.2f} a window")
    work = {"plain loop": (counts["by definition"], windows), "ours": (counts["ours"], pictures)}
    for label, ((picture, window), encoded) in work.items():
        done = encoded * picture + windows * window
        print(
            f"{label}: {encoded} pictures, {windows} windows, {done / 1e9:.0f} GFLOP, {done / taken[label] / 1e9:.0f} "
            f"GFLOP/s, {done / taken[label] / rate:.0%} of the {rate / 1e9:.0f} that a matrix product reaches"
        )


def own_peak_mb() -> float:
    """Most memory of this program; what getrusage says of a child may be what its parent had when it was started."""
    (peak,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line[:6] == "VmHWM:")
    return int(peak) / 1024


def peak_memory_mb() -> float:
    """Most memory of a process that predicts the clip and does nothing else."""
    command = [sys.executable, __file__, "--once"]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="predict once and print the peak memory in MB")
    parser.add_argument("--pieces", action="store_true", help="time a picture and a window alone, by processor seconds")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, made = Path(name), network()
        heard = clip(folder)
        if arguments.once:
            ours(made, "fp32").binauralize(heard)
            print(own_peak_mb())
            return
        starts = window_starts(SAMPLES, 800)
        pictures = len({heard.frames.number_at(window_centre_s(start, SAMPLE_RATE)) for start in starts})
        if arguments.pieces:
            print_pieces(made, pictures, len(starts))
            return
        exact, near = ours(made, "fp32"), ours(made, "bf16")
        wanted = plain(made, heard, folder)
        for method, label in ((exact, "fp32"), (near, "bf16")):
            error = difference(method.binauralize(heard)) - wanted
            print(f"{label}: relative RMS of L-R to the plain loop {error.norm() / wanted.norm():.1e}")

        def fresh(method: WindowedBinauralizer) -> torch.Tensor:
            again = MonoClip("noise", heard.mono, SAMPLE_RATE, Frames(folder / "frames", 100), protocol=V1)
            return method.binauralize(again)

        fast, slow = seconds(lambda: fresh(exact), lambda: plain(made, heard, folder), arguments.rounds)
        print(
            f"10 s, fp32, {torch.get_num_threads()} threads: ours {fast:.2f} s, plain {slow:.2f} s: {slow / fast:.2f} x"
        )
        half, full = seconds(lambda: fresh(near), lambda: fresh(exact), 3 * arguments.rounds)
        print(f"10 s: bf16 {half:.2f} s, fp32 {full:.2f} s: {full / half:.2f} x")
        print_work(made, pictures, len(starts), {"plain loop": slow, "ours": fast}, matrix_rate(time.perf_counter))
    print(f"peak memory of a process predicting this clip: {peak_memory_mb():.0f} MB")


if __name__ == "__main__":
    main()
