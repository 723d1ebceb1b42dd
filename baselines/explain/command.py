"""``explain VIDEO``: what a method looks at."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairplay_bench.jobs import Reporter
from fairplay_bench.records import DEFAULT_PROTOCOL

if TYPE_CHECKING:
    from baselines.explain.heat import Heat

_PATH = click.Path(path_type=Path)
_HOW = "activation; occlusion, which needs the binaural target; or audio-localisation, of l2bnet."


@click.command("explain", short_help="Show what a method looks at in a video.")
@click.argument("video", type=_PATH)
@click.option("--method", "how", required=True, help=_HOW)
@click.option("--model", required=True, help="A registered name, or package.module:attribute.")
@click.option("--weights", default=None, help="Trained weights.")
@click.option("--target", type=_PATH, default=None, help="VIDEO's binaural recording; its own sound by default.")
@click.option("--every", type=float, default=1.0, show_default=True, help="Seconds between key frames.")
@click.option("--protocol", default=DEFAULT_PROTOCOL, show_default=True, help="Whose level the network hears.")
@click.option("--device", default="cpu", show_default=True, help="Where the method runs, as torch says.")
@click.option("--batch", type=click.IntRange(min=1), default=32, show_default=True, help="Pictures at once.")
@click.option("--out", type=_PATH, required=True, help="Gets a folder named after --method: PNG files and an MP4.")
@click.option("--overwrite/--no-overwrite", default=False, help="Replace that folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: where each key frame is hottest.")
@click.pass_obj
def explain_command(
    reporter: Reporter | None,
    /,
    video: Path,
    how: str,
    model: str,
    weights: str | None,
    target: Path | None,
    every: float,
    protocol: str,
    device: str,
    batch: int,
    out: Path,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Lay heat over VIDEO, to show what a method looks at or where it hears the sound come from.

    That is where the visual branch is active, where covering the picture makes the loss rise, or the map of the
    localisation network. All come as a PNG for each key frame and as an MP4 over the whole video, ten pictures a
    second.
    """
    from baselines.explain.methods import named_explanation
    from baselines.explain.run import ExplainPlan, explain
    from fairplay_bench.errors import MethodError
    from fairplay_bench.models.registry import load_model
    from fairplay_bench.models.windowed import WindowedBinauralizer
    from fairplay_bench.records import named_protocol

    chosen, rule = named_explanation(how), named_protocol(protocol)
    method = load_model(model, weights, device)
    if not isinstance(method, WindowedBinauralizer):
        raise MethodError(f"--model {model}: does not work window by window, so it cannot be explained.")
    plan = ExplainPlan(video, chosen, out, rule, target, every, batch, overwrite)
    heats = explain(plan, method, reporter)
    if as_json:
        click.echo(json.dumps({"video": video.name, "model": method.card.name, "method": how, "frames": _rows(heats)}))
    click.echo(f"{len(heats)} pictures and {how}.mp4 written to {plan.folder}", err=True)


def _rows(heats: "Iterable[Heat]") -> list[dict[str, Any]]:
    return [{"frame": heat.number, "peak": heat.peak, "hottest": heat.hottest._asdict()} for heat in heats]
