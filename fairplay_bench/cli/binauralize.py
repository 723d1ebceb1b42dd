"""``binauralize INPUT``: two ears for a video or a sound of any length."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairplay_bench.cli.console import ConsoleReporter
from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from fairplay_bench.media.block_reader import SoundSource
    from fairplay_bench.media.pictures import FolderPictures, VideoPictures
    from fairplay_bench.models.windowed import WindowedBinauralizer
    from fairplay_bench.records import Protocol

_FORMATS = {".wav": False, ".mp4": False, ".m4v": False, ".mov": True}  # and whether they hold PCM


@click.command("binauralize", short_help="Make a video or a sound binaural.")
@click.argument("source", metavar="INPUT", type=PATH)
@click.option("--frames", type=PATH, default=None, help="Pictures for a WAV: 000001.png (or .jpg) and on, 10 a second.")
@shared_options("trained_model", "trained_weights", "protocol", "device", "precision", "batch")
@click.option("--out", type=PATH, required=True, help="A .wav (16 kHz, 32-bit float), .mp4 (AAC), or .mov (PCM).")
@click.option("--lossless/--no-lossless", default=False, help="PCM beside the picture; needs --out with .mov.")
@shared_options("overwrite")
def binauralize_command(
    source: Path,
    frames: Path | None,
    model: str,
    weights: str | None,
    protocol: str,
    device: str,
    precision: str,
    batch: int,
    out: Path,
    lossless: bool,
    overwrite: bool,
) -> None:
    """Make INPUT binaural: a video with sound (its picture is copied), or a sound file with --frames.

    The method has to work window by window, as Mono2Binaural and Sep-Stereo do.

    INPUT may have one channel or two; of two a method hears their mean. Under --protocol gao2019 INPUT must be the true
    binaural recording: that protocol scales each window by the level of both true ears, an oracle.
    """
    _check_out(out, lossless, overwrite)
    from fairplay_bench.errors import MethodError
    from fairplay_bench.media.block_reader import open_sound
    from fairplay_bench.models.registry import load_model
    from fairplay_bench.models.windowed import WindowedBinauralizer
    from fairplay_bench.records import named_protocol

    chosen, method, sound = named_protocol(protocol), load_model(model, weights, device), open_sound(source)
    if not isinstance(method, WindowedBinauralizer):
        raise MethodError(f"--model {model}: does not work window by window; score it with eval instead.")
    if chosen.oracle_level and sound.channels == 1:
        raise OptionError(f"--protocol {protocol} takes the level from the true ears, and {source} has one channel.")
    if out.suffix.lower() != ".wav" and not sound.has_picture:
        raise OptionError(f"--out {out}: {source} has no picture to copy; give a .wav.")
    method.configure(precision, batch)
    pictures = _pictures(source, frames, sound, method)
    _write(out, source, _ears(method, sound, pictures, chosen), lossless)
    if pictures is not None and pictures.replaced:
        click.echo(f"{len(pictures.replaced)} pictures were missing; the nearest earlier one was taken.", err=True)
    click.echo(f"written to {out}", err=True)


def _check_out(out: Path, lossless: bool, overwrite: bool) -> None:
    from fairplay_bench.media.outputs import check_is_free

    suffix = out.suffix.lower()
    if suffix not in _FORMATS:
        raise OptionError(f"--out {out}: give a name that ends in {', '.join(_FORMATS)}.")
    if suffix != ".wav" and lossless != _FORMATS[suffix]:
        raise OptionError(f"--out {out}: PCM goes into .mov with --lossless, AAC into .mp4 without it.")
    check_is_free(out, overwrite)


def _pictures(
    source: Path, frames: Path | None, sound: "SoundSource", method: "WindowedBinauralizer"
) -> "FolderPictures | VideoPictures | None":
    from fairplay_bench.media.pictures import FolderPictures, VideoPictures

    if frames is not None:
        return FolderPictures(frames)
    if not method.sees:
        return None
    if not sound.has_picture:
        raise OptionError(f"{source} has no picture and this method looks at pictures; give them with --frames.")
    return VideoPictures(source)


def _ears(
    method: "WindowedBinauralizer",
    sound: "SoundSource",
    pictures: "FolderPictures | VideoPictures | None",
    protocol: "Protocol",
) -> "Iterator[Tensor]":
    from fairplay_bench.models.window_stream import stream_windows
    from fairplay_bench.records import SAMPLE_RATE

    windows = stream_windows(sound.blocks(SAMPLE_RATE, keep_ears=protocol.oracle_level), protocol)
    expected = max(1, int(sound.duration_s / protocol.hop_s))
    yield from method.stream(ConsoleReporter().track(windows, expected, "windows"), pictures, protocol)


def _write(out: Path, source: Path, ears: "Iterator[Tensor]", lossless: bool) -> None:
    from fairplay_bench.media.sound_writer import write_video, write_wav_stream
    from fairplay_bench.records import SAMPLE_RATE

    blocks = (piece.T.numpy() for piece in ears)
    if out.suffix.lower() == ".wav":
        peak = write_wav_stream(out, blocks, SAMPLE_RATE)
    else:
        peak = write_video(out, source, blocks, SAMPLE_RATE, lossless)
    if peak > 1 and out.suffix.lower() != ".wav":
        click.echo(f"the loudest sample is {peak:.2f} of full scale; players will clip it.", err=True)
