"""Who these networks are in tables and results; :mod:`baselines.l2bnet` says the same at length."""

from fairplay_bench.records import ModelCard

NAME = "after L2BNet"
CHOICES = (
    "spectrogram, complex mask on the difference, windows and level as Mono2Binaural's",
    "skips from the encoder to the decoder, no norm nor LeakyReLU after the last layers",
    "query from the audio code, key and value from the visual map with the place of each cell, the attended vector "
    "joined to the audio code",
    "first transposed convolution of the localisation network to 2 x 4 places, logits of the map's cells",
    "level difference in units of 10 dB and phase difference as cosine and sine as its features",
    "Gaussian blobs of a quarter of the boxes as wanted maps, or a contrastive correspondence network's",
    "divergence of the maps, and mean squared error of the difference where both ears are known, as losses",
    "the generator's training on rendered scenes beside the judged mono clips, and the weights of both",
    "all schedules and the preset small",
)
PAPER = (
    "after Rachavarapu et al., Localize to Binauralize: Audio Spatialization from Visual Sound Source Localization, "
    f"ICCV 2021, whose authors published no code; ours: {'; '.join(CHOICES)}"
)


def card_of(part: str, preset: str) -> ModelCard:
    """Card of a part of the method, or of the method itself where ``part`` is empty."""
    name = f"{NAME}: {part}" if part else NAME
    return ModelCard(name=name, version=f"1-{preset}" if preset else "1", paper=PAPER)
