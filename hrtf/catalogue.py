"""The HRIR sets this package knows by name, and how to get one.

Constructing and loading never downloads; :func:`fetch` does, when asked.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from hrtf.errors import DownloadError, UnknownNameError
from hrtf.hrir_set import HrirSet

ANALYTIC = "spherical-head"
CHECKSUMS = "checksums.json"


@dataclass(frozen=True, slots=True)
class HeadSpec:
    """A named HRIR set.

    Attributes:
        name: what users type.
        about: one line.
        url: of the SOFA file; empty for the set that is computed.
        licence: under which the file is published.
        citation: what to cite.
        sha256: of the file; empty where it is not known, and then the first download records it.
    """

    name: str
    about: str
    url: str
    licence: str
    citation: str
    sha256: str = ""

    @property
    def file_name(self) -> str:
        """Name of the file in the cache folder."""
        return f"{self.name}.sofa"


_ARI = "https://sofacoustics.org/data/database"
_HEADS = (
    HeadSpec(
        name="ari-nh2-hrtf",
        about="ARI subject NH2, in-ear, 1550 directions, 48 kHz, as measured; default of the 360 degree sets",
        url=f"{_ARI}/ari/hrtf_nh2.sofa",
        licence="CC BY-SA 3.0",
        citation="Acoustics Research Institute, Austrian Academy of Sciences, ARI HRTF database; Majdak, Goupell and "
        "Laback, 3-D localization of virtual sound sources, Attention, Perception, & Psychophysics 72(2), 2010",
    ),
    HeadSpec(
        name="ari-nh2-dtf",
        about="ARI subject NH2, the directional part only (common part divided out; not valid below 400 Hz)",
        url=f"{_ARI}/ari/dtf_nh2.sofa",
        licence="CC BY-SA 3.0",
        citation="Acoustics Research Institute, Austrian Academy of Sciences, ARI HRTF database; Majdak, Goupell and "
        "Laback, 3-D localization of virtual sound sources, Attention, Perception, & Psychophysics 72(2), 2010",
    ),
    HeadSpec(
        name="mit-kemar",
        about="KEMAR manikin with the normal pinna, 710 directions, 44.1 kHz",
        url=f"{_ARI}/mit/mit_kemar_normal_pinna.sofa",
        licence="free with citation (copyright 1994 by the MIT Media Laboratory)",
        citation="Gardner and Martin, HRTF measurements of a KEMAR, JASA 97(6), 1995",
    ),
    HeadSpec(
        name="cipic-003",
        about="CIPIC subject 003, 1250 directions, 44.1 kHz",
        url=f"{_ARI}/cipic/subject_003.sofa",
        licence="free for any purpose with its notice (copyright 2001 by the Regents of the University of California)",
        citation="Algazi, Duda, Thompson and Avendano, The CIPIC HRTF database, WASPAA 2001",
    ),
    HeadSpec(
        name=ANALYTIC,
        about="a rigid sphere with two ears, computed; no file, any rate",
        url="",
        licence="public domain (a formula)",
        citation="Duda and Martens, Range dependence of the response of a spherical head model, JASA 104(5), 1998",
    ),
)
HEADS = {spec.name: spec for spec in _HEADS}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file in the cache.

    Attributes:
        path: where it lies.
        sha256: its checksum.
        recorded: whether the checksum was unknown before and this download recorded it.
    """

    path: Path
    sha256: str
    recorded: bool


def head_spec(name: str) -> HeadSpec:
    """The declaration of a named set.

    Raises:
        UnknownNameError: if there is none of that name.
    """
    if name not in HEADS:
        raise UnknownNameError("HRIR set", name, HEADS)
    return HEADS[name]


def cache_folder() -> Path:
    """Where downloaded sets lie: the user's cache folder, as pooch finds it."""
    import pooch

    return Path(pooch.os_cache("hrtf"))


def known_checksum(spec: HeadSpec, folder: Path) -> str:
    """The checksum a file must have: the declared one, else that of the first download; empty if there is neither.

    Raises:
        DownloadError: if the record cannot be read.
    """
    if spec.sha256:
        return spec.sha256
    return _records(folder).get(spec.url, "")


def fetch(name: str, *, folder: Path | None = None, progress: bool = True) -> Fetched:
    """Get the file of a named set, from the cache or from its address; an interrupted download is continued.

    Args:
        name: of a set with a file.
        folder: of the cache; the user's if not given.
        progress: show a bar on standard error.

    Raises:
        UnknownNameError: if there is no such set.
        DownloadError: if it needs no file, cannot be reached, breaks off repeatedly, or has another checksum.
    """
    return fetch_file(head_spec(name), folder=folder, progress=progress)


def fetch_file(spec: HeadSpec, *, folder: Path | None = None, progress: bool = True) -> Fetched:
    """As :func:`fetch`, for a declaration that need not be in the table."""
    if not spec.url:
        raise DownloadError(f"{spec.name} is computed: there is nothing to fetch")
    from hrtf.download import download

    place = cache_folder() if folder is None else folder
    expected = known_checksum(spec, place)
    path, sha256 = download(spec.url, place / spec.file_name, expected, progress=progress)
    if not expected:
        _record(place, spec.url, sha256)
    return Fetched(path, sha256, recorded=not expected)


def load_head(name_or_file: str, *, sample_rate: int | None = None, folder: Path | None = None) -> HrirSet:
    """The set that ``--hrtf`` names: a name of the table, or the path of a SOFA file. Downloads nothing.

    Args:
        name_or_file: a known name comes first; anything with a slash or ending in ``.sofa`` is a path.
        sample_rate: to convert the set to, Hz; its own if not given.
        folder: of the cache; the user's if not given.

    Raises:
        UnknownNameError: if it is neither a known name nor looks like a file.
        DownloadError: if the set was not fetched yet.
        SofaError: if the file cannot be used.
    """
    if name_or_file == ANALYTIC:
        from hrtf.sphere import spherical_head

        return spherical_head(sample_rate or 48000)
    from hrtf.sofa import read_sofa

    if name_or_file in HEADS:
        spec = HEADS[name_or_file]
        path = (cache_folder() if folder is None else folder) / spec.file_name
        if not path.is_file():
            raise DownloadError(
                f"{spec.name} is not here yet: get it with 'fairplay-bench hrtf fetch {spec.name}', "
                "or give --hrtf FILE.sofa"
            )
    elif Path(name_or_file).exists() or re.search(r"[/\\]|\.sofa$", name_or_file, re.IGNORECASE):
        path = Path(name_or_file)
    else:
        raise UnknownNameError("HRIR set", name_or_file, [*HEADS, "or a path ending in .sofa"])
    hrirs = read_sofa(path)
    if name_or_file in HEADS:
        spec = HEADS[name_or_file]
        hrirs = replace(hrirs, name=spec.name, licence=spec.licence, citation=spec.citation)
    return hrirs if sample_rate is None else hrirs.resampled(sample_rate)


def _records(folder: Path) -> dict[str, str]:
    """Checksums by address, as first downloads recorded them."""
    path = folder / CHECKSUMS
    if not path.exists():
        return {}
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
        return {str(url): str(sha256) for url, sha256 in records.items()}
    except (ValueError, AttributeError) as error:
        raise DownloadError(f"{path}: not a list of checksums; remove it to record them anew") from error


def _record(folder: Path, url: str, sha256: str) -> None:
    """Add a checksum to the record, which appears whole or not at all."""
    path = folder / CHECKSUMS
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(_records(folder) | {url: sha256}, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
