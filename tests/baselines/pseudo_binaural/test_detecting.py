"""Detectors of torchvision with weights from a file."""

import numpy as np
import pytest
import torch
from torchvision.models import get_model

from baselines.mono2binaural.weights import WeightsError
from baselines.pseudo_binaural.detecting import Detector
from fairplay_bench.errors import UnknownNameError

LIGHT = "fasterrcnn_mobilenet_v3_large_320_fpn"


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Weights that see a person in every region, with a certainty that falls from one region to the next."""
    torch.manual_seed(0)
    network = get_model(LIGHT, weights=None, weights_backbone=None)
    network.roi_heads.box_predictor.cls_score.weight.data.zero_()
    network.roi_heads.box_predictor.cls_score.bias.data.zero_()
    network.roi_heads.box_predictor.cls_score.bias.data[1] = 8.0
    network.roi_heads.box_predictor.bbox_pred.weight.data.zero_()
    network.roi_heads.box_predictor.bbox_pred.bias.data.zero_()
    file = tmp_path_factory.mktemp("detector") / "detector.pth"
    torch.save(network.state_dict(), file)
    return file


def test_weights_from_a_file(weights):
    picture = np.random.default_rng(0).integers(0, 255, (240, 480, 3)).astype(np.uint8)
    detector = Detector(LIGHT, str(weights), min_score=0.9)
    found = detector(picture, 7)
    assert found
    for box in found:
        assert (box.frame, box.label) == (7, "person")
        assert box.score == pytest.approx(np.exp(8) / (np.exp(8) + 90), rel=1e-3)
        assert 0 <= box.x < box.x + box.width <= 480 + 1e-3
        assert 0 <= box.y < box.y + box.height <= 240 + 1e-3
    assert Detector(LIGHT, str(weights), min_score=0.99)(picture, 7) == []
    assert Detector(LIGHT, str(weights), label="cat", min_score=0.5)(picture, 7) == []


def test_boxes_are_counted_in_prepared_frames(weights):
    picture = np.random.default_rng(0).integers(0, 255, (240, 480, 3)).astype(np.uint8)
    detector = Detector(LIGHT, str(weights))
    large = np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1)
    assert max(box.x + box.width for box in detector(large, 1)) <= 480 + 1e-3


def test_weights_of_another_detector_are_refused(weights, tmp_path):
    with pytest.raises(WeightsError, match="weights of another network; tensors missing: backbone") as caught:
        Detector("fasterrcnn_resnet50_fpn", str(weights))
    assert "\n" not in str(caught.value)
    (tmp_path / "broken.pth").write_bytes(b"broken")
    with pytest.raises(WeightsError, match="damaged, or not a file of tensors"):
        Detector(LIGHT, str(tmp_path / "broken.pth"))


def test_unknown_names_come_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="retinanet_resnet50_fpn"):
        Detector("yolo")
    with pytest.raises(UnknownNameError, match="Did you mean 'person'"):
        Detector(label="persons")
