"""Predictions kept on disk, so that an interrupted evaluation continues and anybody can score them again."""

import inspect
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fairplay_bench.errors import OutputError
from fairplay_bench.media.audio import read_sound, write_wav
from fairplay_bench.media.files import sha256_of, write_json
from fairplay_bench.records import SAMPLE_RATE, ClipId, ModelCard
from fairplay_bench.scoring.task import Scope

_IDENTITY_FILE = "predictions.json"


class SavedPredictions:
    """A folder with a WAV for each clip and a note of what made them.

    Args:
        folder: created if it is missing.
        identity: what the predictions depend on.
        overwrite: whether to start afresh, removing what was saved before.
        rate: of the predictions, Hz.
        chosen_by: what chooses the folder, for messages: an option of the command.

    Raises:
        OutputError: if the folder holds predictions of something else, or cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        identity: dict[str, Any],
        overwrite: bool,
        rate: int = SAMPLE_RATE,
        chosen_by: str = "--save-predictions",
    ) -> None:
        self.folder, self._rate = folder, rate
        note = folder / _IDENTITY_FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            known = json.loads(note.read_text("utf-8")) if note.is_file() else None
            kept = sorted(folder.glob("*.wav"))
            if kept and known is None:
                raise OutputError(f"{folder}: holds WAV files of another origin; choose an empty {chosen_by}.")
            if known not in (None, identity) and not overwrite:
                raise OutputError(
                    f"{folder}: holds predictions of another run ({_difference(known, identity)} differs); choose "
                    f"another {chosen_by}, or --overwrite to replace them."
                )
            if overwrite:
                for file in kept:  # before the note is replaced: nothing old may stand under the new one
                    file.unlink()
        except OSError as error:
            raise OutputError(f"{chosen_by} {folder}: {error.strerror}; choose another folder.") from error
        except ValueError as error:
            raise OutputError(f"{note}: damaged; remove the folder or choose another {chosen_by}.") from error
        write_json(note, identity)

    def __len__(self) -> int:
        return sum(1 for _ in self.folder.glob("*.wav"))

    def read(self, clip: ClipId) -> Tensor | None:
        """Return the prediction of a clip, ``(channels, samples)``, if it was saved before."""
        path = self.file(clip)
        if not path.is_file():
            return None
        return torch.from_numpy(read_sound(path).samples.T.copy())

    def write(self, clip: ClipId, predicted: Tensor) -> None:
        """Save the prediction of a clip.

        Raises:
            OutputError: if it cannot be written.
        """
        write_wav(self.file(clip), predicted.T.numpy(), self._rate)

    def file(self, clip: ClipId) -> Path:
        """Where the prediction of a clip lies, or would."""
        return self.folder / f"{clip}.wav"


def _difference(known: Any, identity: dict[str, Any]) -> str:
    """Name what two identities differ in."""
    if not isinstance(known, dict):
        return "everything"
    return ", ".join(key for key in {**identity, **known} if known.get(key) != identity.get(key))


def identity_of(method: object, card: ModelCard, scope: Scope) -> dict[str, Any]:
    """What the predictions of a method depend on.

    Args:
        method: that makes them.
        card: of the run, with the hash of the weights that were named.
        scope: what the run is about.
    """
    identity = {
        "model": card.name,
        "version": card.version,
        "code_sha256": code_hash(method),
        "weights_sha256": card.weights_sha256,
        "protocol": scope.protocol.name,
        "index_sha256": scope.data.index_sha256,
        "split_set": scope.split_set,
    }
    return identity if scope.plan.task == "binaural" else {**identity, "task": scope.plan.task}


def code_hash(method: object) -> str | None:
    """Hash of the file that defines a method, so that its predictions are not taken for those of an edited one."""
    try:
        return sha256_of([Path(inspect.getfile(type(method)))])
    except (OSError, TypeError):  # typed into a notebook, or built in
        return None
