"""Weights for ImageNet: from a file, and through torchvision from a server on this machine."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import torch

from baselines.mono2binaural.network import Mono2BinauralNet, NetworkSize
from baselines.mono2binaural.weights import load_imagenet
from fairplay_bench.errors import OptionError
from fairplay_bench.media.files import sha256_of


def test_imagenet_weights_by_torchvisions_names(tmp_path):
    from torchvision.models import resnet18

    torch.manual_seed(1)
    given = resnet18(weights=None)
    torch.save(given.state_dict(), tmp_path / "resnet.pth")
    network = Mono2BinauralNet(NetworkSize(audio_width=4))
    assert load_imagenet(network, tmp_path / "resnet.pth").startswith("resnet.pth ")
    features = torch.nn.Sequential(*list(given.children())[:-2]).eval()
    picture = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(network.visual.eval()(picture), features(picture))


@pytest.fixture
def weights_server(tmp_path, monkeypatch):
    """Torchvision's ResNet-18 comes from a server on this machine, under a name that ends with its hash."""
    from torchvision.models import ResNet18_Weights, resnet18

    torch.manual_seed(2)
    folder = tmp_path / "served"
    folder.mkdir()
    torch.save(resnet18(weights=None).state_dict(), folder / "new.pth")
    name = f"resnet18-{sha256_of([folder / 'new.pth'])[:8]}.pth"
    (folder / "new.pth").rename(folder / name)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))
    url = f"http://127.0.0.1:{server.server_address[1]}/{name}"
    monkeypatch.setattr(ResNet18_Weights.IMAGENET1K_V1.value, "url", url)
    yield folder / name
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_imagenet_weights_are_fetched_through_torchvision(weights_server):
    network = Mono2BinauralNet(NetworkSize(audio_width=4))
    assert load_imagenet(network, None) == "torchvision ResNet18_Weights.IMAGENET1K_V1"
    served = torch.load(weights_server, weights_only=True)["layer1.0.conv1.weight"]
    assert torch.equal(network.visual.feature_extraction[4][0].conv1.weight, served)


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_bytes(b"no weights")])
def test_imagenet_weights_that_cannot_be_fetched_are_one_line(weights_server, damage):
    damage(weights_server)
    with pytest.raises(
        OptionError, match=r"cannot be fetched .* give --visual-weights FILE or --no-pretrained"
    ) as caught:
        load_imagenet(Mono2BinauralNet(NetworkSize(audio_width=4)), None)
    assert "\n" not in str(caught.value)


def test_imagenet_weights_do_not_fit_a_narrow_branch(tiny_network):
    with pytest.raises(OptionError, match="--no-pretrained"):
        load_imagenet(tiny_network, None)
