"""``separate A B``: the sounds of two videos, mixed and parted again, or a mixture of theirs parted."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairplay_bench.cli.options import PATH, shared_options
from fairplay_bench.errors import BenchError, MethodError, OptionError

if TYPE_CHECKING:
    from torch import Tensor

    from fairplay_bench.models.interface import Separator
    from fairplay_bench.records import Condition


@click.command("separate", short_help="Part the mixture of two videos' sounds by their pictures.")
@click.argument("videos", metavar="A B", type=PATH, nargs=2)
@click.option("--mixture", type=PATH, default=None, help="A sound of both; the sounds of A and B are mixed by default.")
@click.option(
    "--model", default="mix-and-separate", show_default=True, help="A separator, or package.module:attribute."
)
@shared_options("trained_weights", "device")
@click.option(
    "--out", type=PATH, required=True, help="A folder; <name of A>.wav and <name of B>.wav are written there."
)
@shared_options("overwrite")
def separate_command(
    videos: tuple[Path, Path],
    mixture: Path | None,
    model: str,
    weights: str | None,
    device: str,
    out: Path,
    overwrite: bool,
) -> None:
    """Part a mixture by the pictures of the videos A and B; writes one WAV a source (16 kHz, 32-bit float).

    Their sounds are mixed first, unless --mixture gives one. Which sound is mixed (the mono, two ears) is that of the
    method's training condition.
    """
    files = _files(videos, out, overwrite)
    from fairplay_bench.media.audio import write_wav
    from fairplay_bench.media.pictures import VideoPictures
    from fairplay_bench.models.interface import condition_of
    from fairplay_bench.models.registry import load_separator
    from fairplay_bench.models.rehearsal import checked_sources, rehearse_separator
    from fairplay_bench.records import SAMPLE_RATE

    method = load_separator(model, weights, device)
    rehearse_separator(method)
    condition = condition_of(method)
    sound = _mixed(method, videos, condition) if mixture is None else _given(mixture, condition)
    pictures = (VideoPictures(videos[0]), VideoPictures(videos[1]))
    with _one_line(f"--model {model}"):
        answer = method.separate(sound, SAMPLE_RATE, pictures)
    sources = checked_sources(answer, sound.shape, model)
    for file, source in zip(files, sources, strict=True):
        write_wav(file, source.T.numpy(), SAMPLE_RATE)
        click.echo(f"written to {file}", err=True)


@contextmanager
def _one_line(what: str) -> Iterator[None]:
    """Tell in one line what a method raises within the block.

    Raises:
        MethodError: saying so; our own errors pass as they are.
    """
    from fairplay_bench.models.rehearsal import what_was_raised

    try:
        yield
    except BenchError:
        raise
    except Exception as error:
        raise MethodError(f"{what} raised {what_was_raised(error)}.") from error


def _files(videos: tuple[Path, Path], out: Path, overwrite: bool) -> list[Path]:
    from fairplay_bench.media.outputs import check_can_hold, check_is_free

    names = [video.stem for video in videos]
    if names[0] == names[1]:
        names = [f"{name}-{letter}" for name, letter in zip(names, "ab", strict=True)]
    files = [out / f"{name}.wav" for name in names]
    check_can_hold(out)
    for file in files:
        check_is_free(file, overwrite)
    return files


def _heard(path: Path) -> "Tensor":
    """Sound of a file at 16 kHz: ``(1 or 2, samples)``."""
    import numpy as np
    import torch

    from fairplay_bench.media.block_reader import open_sound
    from fairplay_bench.records import SAMPLE_RATE

    blocks = list(open_sound(path).blocks(SAMPLE_RATE, keep_ears=True))
    return torch.from_numpy(np.ascontiguousarray(np.concatenate(blocks).T))


def _in_condition(sound: "Tensor", path: Path, condition: "Condition") -> "Tensor":
    from fairplay_bench.scoring.separation.sounds import in_condition

    if condition == "binaural" and len(sound) == 1:
        raise OptionError(f"{path}: one channel, and this method hears two ears; take one trained for mono.")
    return in_condition(sound, condition)


def _mixed(method: "Separator", videos: tuple[Path, Path], condition: "Condition") -> "Tensor":
    """Mixture of the sounds of the videos, ``(ears, samples)``."""
    from fairplay_bench.scoring.separation.task import mixed

    def sound(video: Path) -> "Tensor":
        heard = _heard(video)
        if condition == "predicted-binaural":
            return _made_binaural(method, video, heard)
        return _in_condition(heard, video, condition)

    names = (videos[0].name, videos[1].name)
    return mixed(sound(videos[0]), sound(videos[1]), names).sum(dim=0)


def _made_binaural(method: Any, video: Path, heard: "Tensor") -> "Tensor":
    import torch

    from fairplay_bench.media.pictures import VideoPictures
    from fairplay_bench.models.interface import MonoClip
    from fairplay_bench.models.rehearsal import checked_ears
    from fairplay_bench.records import SAMPLE_RATE

    pictures: Any = VideoPictures(video)  # asked in order, as a video is decoded
    clip = MonoClip(video.stem, heard.mean(dim=0), SAMPLE_RATE, pictures)
    with torch.inference_mode(), _one_line(f"{video.name}: {type(method.binauralizer).__name__}"):
        answer = method.binauralizer.binauralize(clip)
    return checked_ears(answer, video.name)


def _given(mixture: Path, condition: "Condition") -> "Tensor":
    if condition == "predicted-binaural":
        raise OptionError(
            f"--mixture {mixture}: this method makes ears of each video's own sound; leave --mixture out, or take a "
            "method trained for another condition."
        )
    return _in_condition(_heard(mixture), mixture, condition)
