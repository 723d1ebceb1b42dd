"""Predictions of a method as a folder of WAVs, for any subset, without scoring them."""

from dataclasses import dataclass
from pathlib import Path

import torch

from fairplay_bench.datasets.prepared import PreparedDataset, open_prepared
from fairplay_bench.errors import BenchError, MediaError, OptionError, ShapeError
from fairplay_bench.jobs import Continued, Reporter
from fairplay_bench.models.interface import Binauralizer, card_of
from fairplay_bench.models.registry import load_model
from fairplay_bench.models.rehearsal import checked_ears, rehearse
from fairplay_bench.records import DEFAULT_PROTOCOL, ClipId, Protocol, Subset, named_protocol
from fairplay_bench.scoring.clips import prepared_clip, target_ears
from fairplay_bench.scoring.saved import SavedPredictions


@dataclass(frozen=True, slots=True)
class PredictionPlan:
    """What is predicted, and where to.

    Attributes:
        method: name after ``--model``.
        data: the prepared data set.
        out: the folder of the WAVs.
        weights: trained weights.
        split_set: the protocol's by default, else the data set's own.
        split: number of the split.
        subset: which of its subsets.
        protocol: name of the protocol.
        device: where the method runs, as torch says.
        limit: only so many clips, the first by name.
        overwrite: whether predictions of another run are replaced.
    """

    method: str
    data: Path
    out: Path
    weights: Path | None = None
    split_set: str | None = None
    split: int = 1
    subset: Subset = "test"
    protocol: str = DEFAULT_PROTOCOL
    device: str = "cpu"
    limit: int | None = None
    overwrite: bool = False


def predict(plan: PredictionPlan, reporter: Reporter) -> dict[ClipId, str]:
    """Predict the clips of a subset; those that are there from an interrupted run stay.

    Args:
        plan: what and where to.
        reporter: hears how far it is.

    Returns:
        The clips that failed, with the reason.

    Raises:
        OptionError: if a name, split or folder does not exist.
        MethodError: if the method fails its rehearsal.
        OutputError: if the folder holds predictions of something else, or cannot be written.
    """
    if plan.limit is not None and plan.limit < 1:
        raise OptionError(f"--limit {plan.limit}: at least one clip is needed.")
    protocol, data = named_protocol(plan.protocol), open_prepared(plan.data)
    split_set = data.split_set(plan.split_set, protocol)
    listed = data.listed(split_set, plan.split, plan.subset)[: plan.limit]
    method = load_model(plan.method, plan.weights, plan.device)
    rehearse(method, data.has_ambisonics)
    card = card_of(method)
    identity = {"model": card.name, "version": card.version, "weights_sha256": card.weights_sha256}
    place = {"protocol": protocol.name, "index_sha256": data.index_sha256, "split_set": split_set, "split": plan.split}
    saved = SavedPredictions(plan.out, identity | place, plan.overwrite, chosen_by="--out")
    failed = {}
    there = [clip_id for clip_id in listed if saved.file(clip_id).is_file()]
    if there:
        reporter.say(f"{plan.out}: {len(there)} predictions are there already; they are not made again.")
    work = Continued(listed, set(there).__contains__)
    for clip_id in reporter.track(work, len(listed), "clips"):
        try:
            _predict_clip(method, data, clip_id, protocol, saved)
        except (MediaError, ShapeError) as error:
            failed[clip_id] = str(error)
        except BenchError:
            raise
        except Exception as error:
            failed[clip_id] = f"the method raised {type(error).__name__}: {error}"
    return failed


def _predict_clip(
    method: Binauralizer, data: PreparedDataset, clip_id: ClipId, protocol: Protocol, saved: SavedPredictions
) -> None:
    row = data.clips.get(clip_id)
    if row is None:
        raise MediaError("not in the prepared data set.")
    if saved.read(clip_id) is not None:
        return
    clip = prepared_clip(data, row, target_ears(data, row), protocol)
    with torch.inference_mode():
        ears = checked_ears(method.binauralize(clip), clip_id)
    saved.write(clip_id, ears)
