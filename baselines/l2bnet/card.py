"""Who these networks are in tables and results."""

from fairplay_bench.records import ModelCard

NAME = "after L2BNet"
URL = "https://arxiv.org/abs/2104.06162"
CHOICES = (
    "spectrogram, complex mask on the difference, windows and level as Mono2Binaural's",
    "skips from encoder to decoder",
    "query from the audio code, key and value from the visual map and the place of its cells, the attended vector "
    "joined to the audio code",
)
PAPER = (
    "after Rachavarapu et al., Localize to Binauralize: Audio Spatialization from Visual Sound Source Localization, "
    f"ICCV 2021, whose authors published no code; ours: {'; '.join(CHOICES)}"
)


def card_of(part: str, preset: str) -> ModelCard:
    """Card of a part of the method, or of the method itself where ``part`` is empty."""
    name = f"{NAME}: {part}" if part else NAME
    return ModelCard(name=name, version=f"1-{preset}" if preset else "1", paper=PAPER)
