"""Finding players in a picture with a detector of torchvision."""

from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from baselines.mono2binaural.weights import load_tensors
from baselines.pseudo_binaural.boxes import Box
from fairplay_bench.errors import BenchError, OptionError, UnknownNameError
from fairplay_bench.models.windowed import checked_device
from fairplay_bench.records import FRAME_HEIGHT, FRAME_WIDTH

DETECTOR = "fasterrcnn_resnet50_fpn"
LABEL = "person"
MIN_SCORE = 0.8


class Detector:
    """A detector and what it looks for.

    Args:
        name: of a detector of torchvision.
        weights: a file with its ``state_dict``, or a name of torchvision's weights, such as
            ``FasterRCNN_ResNet50_FPN_V2_Weights.COCO_V1``, which then choose the detector; None takes its own.
        label: what is looked for, a category of COCO.
        min_score: detections below are none.
        device: where it runs, as torch says.

    Raises:
        UnknownNameError: if there is no such detector or category.
        OptionError: if no weights have that name, or ``min_score`` is no part of one.
        WeightsError: if they are damaged or those of another detector.
        BenchError: if they cannot be fetched.
    """

    def __init__(
        self,
        name: str = DETECTOR,
        weights: str | None = None,
        label: str = LABEL,
        min_score: float = MIN_SCORE,
        device: str = "cpu",
    ) -> None:
        if not 0 <= min_score <= 1:
            raise OptionError(f"--min-score {min_score:g}: give 0 to 1.")
        name, file, weights_of = _chosen(name, weights)
        categories = list(weights_of.meta["categories"])
        if label not in categories:
            real = [known for known in categories if known not in ("__background__", "N/A")]
            raise UnknownNameError("category", label, real)
        self.label, self._number, self._min_score = label, categories.index(label), min_score
        self._device = checked_device(device)
        network = _fetched(name, weights_of) if file is None else _from_file(name, file, len(categories))
        self._network = network.eval().to(self._device)

    def __call__(self, picture: NDArray[Any], frame: int) -> list[Box]:
        """Find what is looked for in a picture ``(height, width, 3)``, the best first."""
        image = torch.from_numpy(picture.copy()).permute(2, 0, 1).float().div(255).to(self._device)
        with torch.inference_mode():
            found = self._network([image])[0]
        across, down = FRAME_WIDTH / picture.shape[1], FRAME_HEIGHT / picture.shape[0]
        kept = (found["labels"] == self._number) & (found["scores"] >= self._min_score)
        boxes = []
        for (left, top, right, bottom), score in zip(
            found["boxes"][kept].tolist(), found["scores"][kept].tolist(), strict=True
        ):
            box = Box(
                frame, left * across, top * down, (right - left) * across, (bottom - top) * down, self.label, score
            )
            if min(box.width, box.height) >= 2:
                boxes.append(box)
        return sorted(boxes, key=lambda box: -box.score)


def _chosen(name: str, weights: str | None) -> tuple[str, Path | None, Any]:
    """Name of the detector, the file of its weights if they are in one, and torchvision's weights of that detector."""
    from torchvision.models import detection as module
    from torchvision.models import get_model_weights, get_weight, list_models

    known = list_models(module=module)
    if name not in known:
        raise UnknownNameError("detector", name, known)
    default = get_model_weights(name)["DEFAULT"]
    if weights is None or Path(weights).is_file():
        return name, None if weights is None else Path(weights), default
    try:
        named = get_weight(weights)
    except (ValueError, KeyError, AttributeError) as error:
        raise OptionError(
            f"--detector-weights {weights}: neither a file nor weights that torchvision knows; give a state_dict of "
            f"{name}, or a name such as {default}."
        ) from error
    owners = [one for one in known if isinstance(named, get_model_weights(one))]
    if not owners:
        raise OptionError(f"--detector-weights {weights}: not of a detector; give a name such as {default}.")
    return owners[0], None, named


def _from_file(name: str, file: Path, categories: int) -> Any:
    from torchvision.models import get_model

    network = get_model(name, weights=None, weights_backbone=None, num_classes=categories)
    load_tensors(network, file)
    return network


def _fetched(name: str, weights: Any) -> Any:
    from torchvision.models import get_model

    try:
        return get_model(name, weights=weights)
    except (OSError, RuntimeError) as error:
        raise BenchError(
            f"{weights}: cannot be fetched ({error}); give --detector-weights FILE, --boxes CSV, or --no-detector."
        ) from error
