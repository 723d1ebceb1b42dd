"""What a SOFA file holds, as it stands there: the arrays that make an HRIR set, with their types and units.

``sofar`` verifies the file against the AES69 convention, and what it finds becomes a remark, not a refusal: real files
miss a history or misspell a unit and are fine. The numbers come from the same netCDF library underneath it, since
sofar drops trailing dimensions and their names and stops at scalar variables.

This module runs inside the child process of ``hrtf.sofa_process``; it imports neither scipy nor anything heavier.
"""

import json
import tempfile
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrtf.errors import ConventionError, SofaError

CONVENTION = "SimpleFreeFieldHRIR"
OTHERS = {  # what the conventions hold that people try most often
    "SimpleHeadphoneIR": "headphone responses",
    "SimpleFreeFieldHRTF": "transfer functions",
    "SimpleFreeFieldTF": "transfer functions",
    "SimpleFreeFieldHRSOS": "second-order sections",
    "SimpleFreeFieldSOS": "second-order sections",
    "FreeFieldHRTF": "transfer functions, or spherical harmonics of them",
    "FreeFieldHRIR": "responses of several emitters, or spherical harmonics of them",
    "FreeFieldDirectivityTF": "the directivity of a source",
    "SingleRoomDRIR": "room responses",
    "SingleRoomSRIR": "room responses",
    "SingleRoomMIMOSRIR": "room responses of many emitters",
    "MultiSpeakerBRIR": "binaural room responses of many emitters",
    "SingleTrackedAudio": "recorded sound",
}
MAX_BYTES = 4 * 2**30
MAX_COMPRESSION = 1100  # deflate cannot pack more than 1032 to 1
TEXTS = ("License", "Title", "DatabaseName", "ListenerShortName", "References", "RoomType", "Organization")
POSITIONS = {"SourcePosition": "MC", "ReceiverPosition": "RCM", "ListenerPosition": "MC"}
ORIENTATIONS = {"ListenerView": "MC", "ListenerUp": "MC"}


@dataclass
class SofaContents:
    """The raw contents of one file.

    Attributes:
        convention: name and version, e.g. ``SimpleFreeFieldHRIR 1.0``.
        texts: global attributes in ``TEXTS`` that are there and not empty.
        arrays: ``Data.IR`` (M, R, N), ``Data.SamplingRate``, ``Data.Delay`` (M or 1, R), and the positions and
            orientations that are there; missing values are NaN.
        kinds: the ``Type`` and ``Units`` of the variables, e.g. ``SourcePosition:Type``, lower case.
        remarks: what is odd about the file, one line each.
    """

    convention: str
    texts: dict[str, str]
    arrays: dict[str, NDArray[np.float64]]
    kinds: dict[str, str]
    remarks: list[str] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write everything to one ``.npz`` file."""
        words = {key: value for key, value in asdict(self).items() if key != "arrays"}
        np.savez(path, words=np.array(json.dumps(words)), **self.arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> "SofaContents":
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files if name != "words"}
            return cls(arrays=arrays, **json.loads(str(stored["words"])))


def read_contents(path: Path) -> SofaContents:
    """Read a SOFA file in this process.

    Raises:
        ConventionError: if the file holds something other than free-field HRIRs; its convention is named.
        SofaError: if the file is no SOFA file, is damaged, or misses what a set needs.
    """
    from netCDF4 import Dataset

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy's and netCDF's remarks on fill values of variables we do not use
            with Dataset(path, "r") as dataset:
                _check_convention(dataset, path)
                _check_size(dataset, path)
                contents = _collect(dataset, path)
    except SofaError:
        raise
    except Exception as error:  # whatever the C library or numpy says about a damaged file, it is one line here
        raise SofaError(f"{path}: damaged, or not a SOFA file ({_one_line(error, path)})") from error
    contents.remarks.extend(_verification(path, contents.convention))
    return contents


def _check_convention(dataset: Any, path: Path) -> None:
    """Refuse everything but free-field HRIRs by name."""
    convention = _attribute(dataset, "SOFAConventions")
    if not convention:
        raise SofaError(f"{path}: not a SOFA file (it names no SOFA convention)")
    if convention.lower() != CONVENTION.lower():
        meaning = next((text for name, text in OTHERS.items() if name.lower() == convention.lower()), "")
        holds = f"{convention} ({meaning})" if meaning else convention
        raise ConventionError(f"{path}: the convention is {holds}; only {CONVENTION} files can be used here")
    data_type = _attribute(dataset, "DataType") or "FIR"
    if data_type.upper() != "FIR":
        raise ConventionError(f"{path}: {convention} with data of type {data_type}; only FIR can be used here")


def _check_size(dataset: Any, path: Path) -> None:
    """Refuse a file that declares more than it can hold, before anything is allocated for it."""
    declared = sum(int(np.prod(v.shape, dtype=object)) * 8 for v in dataset.variables.values() if v.shape)
    size = path.stat().st_size
    if declared > MAX_COMPRESSION * size + 2**20:
        raise SofaError(f"{path}: damaged (it declares {declared} bytes of data, the file has {size})")
    if declared > MAX_BYTES:
        raise SofaError(f"{path}: {declared / 2**30:.1f} GiB of data, more than the {MAX_BYTES // 2**30} GiB allowed")


def _collect(dataset: Any, path: Path) -> SofaContents:
    """Take the variables that make an HRIR set."""
    missing = [name for name in ("Data.IR", "Data.SamplingRate", "SourcePosition") if name not in dataset.variables]
    if missing:
        raise SofaError(f"{path}: {', '.join(missing)} missing")
    emitters = dataset.dimensions.get("E")
    if emitters is not None and len(emitters) > 1:
        raise ConventionError(f"{path}: {CONVENTION} with {len(emitters)} emitters; only one can be used here")
    arrays = {"Data.IR": _array(dataset, "Data.IR", "MRN"), "Data.SamplingRate": _array(dataset, "Data.SamplingRate")}
    if "Data.Delay" in dataset.variables:
        arrays["Data.Delay"] = _array(dataset, "Data.Delay", "MR")
    for name, order in {**POSITIONS, **ORIENTATIONS}.items():
        if name in dataset.variables:
            arrays[name] = _array(dataset, name, order)
    kinds = {}
    for name in ("Data.SamplingRate", "Data.Delay", *POSITIONS, *ORIENTATIONS):
        if name in dataset.variables:
            for kind in ("Type", "Units"):
                kinds[f"{name}:{kind}"] = _attribute(dataset.variables[name], kind).lower()
    texts = {name: text for name in TEXTS if (text := _attribute(dataset, name))}
    version = _attribute(dataset, "SOFAConventionsVersion") or "?"
    return SofaContents(f"{CONVENTION} {version}", texts, arrays, kinds)


def _array(dataset: Any, name: str, order: str = "") -> NDArray[np.float64]:
    """A variable as float64 with NaN for missing values, its axes in the given order as far as they have names.

    ``I`` (always 1 long) stands in for ``M``; axes that are missing at the end are added.
    """
    variable = dataset.variables[name]
    values = np.ma.filled(np.ma.asarray(variable[...]).astype(np.float64), np.nan)
    axes = "".join({"I": "M"}.get(axis, axis)[:1] for axis in variable.dimensions)
    if order and len(set(axes)) == len(axes) and set(axes) <= set(order):
        values = np.transpose(values, sorted(range(len(axes)), key=lambda axis: order.index(axes[axis])))
    while values.ndim < len(order):
        values = values[..., None]
    return np.asarray(values)


def _verification(path: Path, convention: str) -> list[str]:
    """What sofar's verification finds, as at most one line; files before version 1.0 have nothing to be held to."""
    if convention.split()[-1].startswith("0"):
        return []
    import sofar

    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        named = path
        if path.suffix != ".sofa":  # sofar replaces any other suffix and would look for another file
            named = Path(folder) / "set.sofa"
            named.symlink_to(path.resolve())
        try:
            found = sofar.read_sofa(named, verify=False, verbose=False).verify(issue_handling="return", mode="read")
        except Exception as error:  # sofar cannot read it; what the set needs was read already, so this is a remark
            return [f"sofar cannot verify it ({_one_line(error, named)})"]
    lines = [line.strip("- ").strip() for line in (found or "").splitlines() if line.startswith("- ")]
    return [f"against the convention: {'; '.join(lines)}"] if lines else []


def _attribute(holder: Any, name: str) -> str:
    """A text attribute, stripped; empty if it is not there."""
    if name not in holder.ncattrs():
        return ""
    value = holder.getncattr(name)
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip().strip("\0")


def _one_line(error: BaseException, path: Path) -> str:
    """The message of an error without line breaks and without the path, which the caller names."""
    text = " ".join(str(error).replace(f": {str(path)!r}", "").split())
    return f"{type(error).__name__}: {text}"[:200]
