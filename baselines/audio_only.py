"""Audio-Only: the network of Mono2Binaural without its visual branch; what the picture adds is measured against it."""

from baselines.mono2binaural.method import PAPER, URL, Mono2Binaural
from baselines.mono2binaural.network import NetworkSize
from fairplay_bench.records import ModelCard


class AudioOnly(Mono2Binaural):
    """Mono2Binaural that sees nothing."""

    name = "audio-only"
    size = NetworkSize(sees=False)
    row = ModelCard(name="Audio-Only", paper=PAPER, url=URL)
