"""Training segments a second of preset ``paper``: ours in fp32, tf32 and bf16 against the plain loop in fp32.

Segments lie in memory, so that only forward pass, backward pass and step are timed. Ours: channels-last;
with ``--compile`` also ``torch.compile``. The plain loop is the released code's: contiguous memory, fp32. On a CPU
the batch is made smaller (``--batch``) and there is no tf32.
"""

import argparse
import time
from collections.abc import Callable

import torch

from baselines.mono2binaural.network import Mono2BinauralNet
from fairplay_bench.records import V1
from fairplay_bench.training.interface import Batch
from fairplay_bench.training.presets import PAPER


def segments(batch: int, device: str) -> Batch:
    """Noise for ears and pictures."""
    torch.manual_seed(0)
    pictures = torch.randint(0, 256, (batch, 3, 224, 448), dtype=torch.uint8, device=device)
    return {"ears": 0.1 * torch.randn(batch, 2, 10_080, device=device), "picture": pictures}


def stepper(batch: Batch, device: str, precision: str, ours: bool, compiled: bool) -> Callable[[], None]:
    """Return a function that trains one step."""
    torch.manual_seed(0)
    network = Mono2BinauralNet().to(device).train()
    if ours:
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if compiled:
        for part in network.children():
            part.compile()
    optimizer = torch.optim.Adam(network.parameters(), lr=PAPER.rate, weight_decay=PAPER.weight_decay)
    kind = torch.device(device).type

    def step() -> None:
        torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
        torch.backends.cudnn.allow_tf32 = precision == "tf32"
        with torch.autocast(kind, torch.bfloat16, enabled=precision == "bf16"):
            loss = network.loss(batch, V1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def steps_a_second(step: Callable[[], None], device: str, steps: int) -> float:
    """After two unmeasured ones."""
    for turn in range(2 + steps):
        if turn == 2:
            wait(device)
            began = time.perf_counter()
        step()
    wait(device)
    return steps / (time.perf_counter() - began)


def wait(device: str) -> None:
    """Until the device has done what it was given."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def main() -> None:
    """Print the rates and their ratios."""
    cuda = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda" if cuda else "cpu")
    parser.add_argument("--batch", type=int, default=PAPER.batch if cuda else 8)
    parser.add_argument("--steps", type=int, default=20 if cuda else 2)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    batch = segments(options.batch, options.device)
    precisions = ("fp32", "tf32", "bf16") if options.device.startswith("cuda") else ("fp32", "bf16")
    plain = steps_a_second(stepper(batch, options.device, "fp32", False, False), options.device, options.steps)
    print(f"{options.device}, batch {options.batch}: plain, fp32: {plain * options.batch:.1f} segments a second")
    for compiled in (False, True) if options.compile else (False,):
        for precision in precisions:
            ours = stepper(batch, options.device, precision, True, compiled)
            rate = steps_a_second(ours, options.device, options.steps)
            what = f"ours, {precision}{', compiled' if compiled else ''}"
            print(f"{what}: {rate * options.batch:.1f} segments a second, {rate / plain:.2f} x")


if __name__ == "__main__":
    main()
