"""What each data set is, as data."""

from dataclasses import dataclass

from fairplay_bench.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A declaration of a data set.

    Attributes:
        name: its name in commands, files and tables.
        version: version of the published material and of the way it is prepared.
        licence: licence of the material.
        citation: key of the publication.
        clips: number of clips as published; 0 where it is up to the user.
        clip_s: nominal length of a clip, seconds.
        split_sets: its split sets, the default one first.
        source_layout: what is expected in the source folder.
        videos: number of recordings that clips are cut from, as published; 0 where each clip is one.
    """

    name: str
    version: str
    licence: str
    citation: str
    clips: int
    clip_s: float
    split_sets: tuple[str, ...]
    source_layout: tuple[str, ...]
    videos: int = 0


_PUBLISHED_LAYOUT = ("binaural_audios/*.wav", "videos/*.mp4", "splits/split*/*.h5")

FAIR_PLAY = DatasetSpec(
    name="fair-play",
    version="2019.1",
    licence="CC-BY-4.0",
    citation="gao2019visualsound",
    clips=1871,
    clip_s=10.0,
    split_sets=("gao2019", "xu2021"),
    source_layout=_PUBLISHED_LAYOUT,
)
MINI = DatasetSpec(
    name="mini",
    version="1",
    licence="CC0-1.0",
    citation="fairplay-bench",
    clips=0,
    clip_s=10.0,
    split_sets=("seeded",),
    source_layout=_PUBLISHED_LAYOUT,
)
_SPHERICAL_LAYOUT = ("*.mp4, *.webm, *.mkv", "*.wav beside *.mp4", "*/ambix/*.wav and */video/*.jpg")


def _spherical(name: str, videos: int) -> DatasetSpec:
    return DatasetSpec(
        name=name,
        version="2018.1",
        licence="that of each video; the lists: BSD-2-Clause",
        citation="morgado2018self",
        clips=0,
        clip_s=10.0,
        split_sets=("morgado2018",),
        source_layout=_SPHERICAL_LAYOUT,
        videos=videos,
    )


REC_STREET, YT_CLEAN, YT_MUSIC = (
    _spherical("rec-street", 43),
    _spherical("yt-clean", 496),
    _spherical("yt-music", 397),
)
MINI_360 = DatasetSpec(
    name="mini-360",
    version="1",
    licence="CC0-1.0",
    citation="fairplay-bench",
    clips=0,
    clip_s=10.0,
    split_sets=("seeded",),
    source_layout=("*.wav beside *.mp4",),
)
STEREO = DatasetSpec(
    name="stereo",
    version="1",
    licence="that of each video",
    citation="",
    clips=0,
    clip_s=10.0,
    split_sets=("seeded",),
    source_layout=("**/*.mp4, *.webm, *.mkv, *.mov with two channels",),
)

SPECS = {spec.name: spec for spec in (FAIR_PLAY, MINI, REC_STREET, YT_CLEAN, YT_MUSIC, MINI_360, STEREO)}


def dataset_spec(name: str) -> DatasetSpec:
    """Return the declaration of a data set.

    Raises:
        UnknownNameError: if there is none of that name.
    """
    if name not in SPECS:
        raise UnknownNameError("data set", name, SPECS)
    return SPECS[name]
