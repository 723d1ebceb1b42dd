"""The folder of an embedded data set's source: a marker says what it holds, and it is filled file by file.

Every file appears whole or not at all, and a second run writes only what is missing.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fairplay_bench.errors import OptionError, OutputError
from fairplay_bench.jobs import Reporter, SerialExecutor, run_all
from fairplay_bench.media.files import output_problem, write_json, written_whole

SCRATCH = ".partial"
Job = TypeVar("Job")


@dataclass(frozen=True, slots=True)
class SourceFolder:
    """A kind of source that the suite makes itself.

    Attributes:
        name: of the data set; ``<name>.json`` in the folder is its marker.
        version: of the recipe: another one for any change that makes other clips of the same seed.
        parts: folders that are written into it; removed when it is overwritten.
        least: clips that it has at least.
        most: clips that it can have.
    """

    name: str
    version: int
    parts: tuple[str, ...]
    least: int
    most: int

    @property
    def marker(self) -> str:
        """Name of the marker."""
        return f"{self.name}.json"

    def claim(
        self, out: Path, clips: int, seed: int, overwrite: bool, before_growing: Callable[[int], None] | None = None
    ) -> None:
        """Mark the folder as ours for this seed, or refuse it.

        Args:
            out: the folder; made if it is not there.
            clips: how many clips it shall hold.
            seed: of everything random.
            overwrite: whether what is there of this kind is removed.
            before_growing: called with the number of clips it held before it is marked for more.

        Raises:
            OptionError: if the number of clips or the seed cannot be.
            OutputError: if it holds something else, another seed, or more clips, or cannot be written.
        """
        if not self.least <= clips <= self.most:
            raise OptionError(f"{self.name} of {clips} clips: ask for {self.least} to {self.most}.")
        if seed < 0:
            raise OptionError(f"seed {seed}: take one that is not negative.")
        there = self._read_marker(out)
        half_claimed = f".{self.marker}."  # the marker's temporary name, left by a run that was killed while it began
        if there is None and out.is_dir() and not all(path.name.startswith(half_claimed) for path in out.iterdir()):
            raise OutputError(f"{out}: holds something that is not {self.name}; give an empty or a new folder.")
        if there is not None and overwrite:
            self._remove(out)
            there = None
        if there is not None:
            self._check(out, there, clips, seed)
        try:
            out.mkdir(parents=True, exist_ok=True)
            for path in out.glob(f"{half_claimed}*"):
                path.unlink()
            if before_growing is not None and there is not None and there["clips"] < clips:
                before_growing(there["clips"])
        except OSError as error:
            raise OutputError(output_problem(out, error)) from error
        write_json(out / self.marker, {"name": self.name, "version": self.version, "seed": seed, "clips": clips})

    def fill(
        self,
        out: Path,
        write: Callable[[Job], None],
        missing: Sequence[Job],
        rest: Callable[[], None],
        executor: Executor | None = None,
        reporter: Reporter | None = None,
        things: str = "clips",
    ) -> None:
        """Write what is missing of a folder that was claimed.

        Args:
            out: the folder.
            write: makes one thing that is missing; top-level, for it travels to workers.
            missing: the things.
            rest: writes what is written every time.
            executor: where the work is done; in this process by default.
            reporter: hears how far it is.
            things: what is missing, for the reporter.

        Raises:
            OutputError: if it cannot be written.
        """
        scratch = out / SCRATCH
        try:
            shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
            scratch.mkdir()
            outcomes = run_all(executor or SerialExecutor(), write, missing)
            for _ in (reporter or Reporter()).track(outcomes, len(missing), f"{things} of {self.name} made"):
                pass
            rest()
        except OSError as error:
            raise OutputError(output_problem(out, error)) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _check(self, out: Path, there: dict[str, int], clips: int, seed: int) -> None:
        if (there["version"], there["seed"]) != (self.version, seed):
            raise OutputError(
                f"{out}: holds {self.name} version {there['version']} of seed {there['seed']}, not version "
                f"{self.version} of seed {seed}; give another folder, or overwrite it."
            )
        if there["clips"] > clips:
            raise OutputError(
                f"{out}: holds {self.name} of {there['clips']} clips, more than {clips}; "
                "give another folder, or overwrite it."
            )

    def _read_marker(self, out: Path) -> dict[str, int] | None:
        path = out / self.marker
        if not path.is_file():
            return None
        try:
            marker = json.loads(path.read_text("utf-8"))
            return {key: int(marker[key]) for key in ("version", "seed", "clips")}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OutputError(
                f"{path}: not a marker of {self.name} ({error}); give an empty or a new folder."
            ) from error

    def _remove(self, out: Path) -> None:
        """Remove what was written, the marker last, so that a killed removal is still recognised."""
        try:
            for name in self.parts:
                if (out / name).is_dir():
                    shutil.rmtree(out / name)
            (out / self.marker).unlink()
        except OSError as error:
            raise OutputError(output_problem(out, error)) from error


def write_source_file(path: Path, content: bytes, out: Path) -> None:
    """Write one file of a source folder, whole or not at all.

    Raises:
        OutputError: if it cannot be written.
    """
    with written_whole(path, out / SCRATCH) as temporary:
        temporary.write_bytes(content)
