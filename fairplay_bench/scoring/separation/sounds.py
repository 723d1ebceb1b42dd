"""What of a clip is mixed: its mono, the mono doubled, its recorded ears, or the ears that a binauralizer makes of it.

Predicted ears are computed once and kept in the user's cache, in a folder named by the hash of what made them.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import torch
from torch import Tensor

from fairplay_bench.datasets.prepared import PreparedDataset
from fairplay_bench.errors import MediaError, OptionError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.audio import read_sound
from fairplay_bench.models.interface import Binauralizer, card_of
from fairplay_bench.models.rehearsal import checked_ears
from fairplay_bench.records import ClipId, Condition, Protocol
from fairplay_bench.scoring.clips import clip_frames, mono_clip, target_ears
from fairplay_bench.scoring.saved import SavedPredictions, code_hash


def in_condition(ears: Tensor, condition: Condition) -> Tensor:
    """What a condition leaves of two ears.

    Args:
        ears: ``(2, samples)``, recorded; of ``"predicted-binaural"`` the predicted ones.
        condition: the condition.

    Returns:
        ``(1, samples)`` for ``"mono"``, else ``(2, samples)``.
    """
    if condition == "mono":
        return ears.mean(dim=0, keepdim=True)
    if condition == "mono-mono":
        return ears.mean(dim=0, keepdim=True).expand(2, -1)
    return ears


class PredictedEars:
    """The ears that a binauralizer makes of clips, each computed once on this machine.

    Args:
        binauralizer: the method; it is given the mono, never the ears.
        data: the prepared data set.
        protocol: windows and levels; not one that tells the level of the target.
        root: the folder for the folders of all models; the user's cache by default.

    Raises:
        OptionError: if the protocol tells the level of the target.
        OutputError: if the folder cannot be written.
    """

    def __init__(
        self, binauralizer: Binauralizer, data: PreparedDataset, protocol: Protocol, root: Path | None = None
    ) -> None:
        if protocol.oracle_level:
            raise OptionError(
                f"--protocol {protocol.name}: tells a binauralizer the level of the ears it has to predict; choose "
                "another protocol for predicted-binaural."
            )
        card = card_of(binauralizer)
        identity = {
            "model": card.name,
            "version": card.version,
            "code_sha256": code_hash(binauralizer),
            "weights_sha256": card.weights_sha256,
            "protocol": protocol.name,
            "index_sha256": data.index_sha256,
        }
        digest = sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        self._binauralizer, self._data, self._protocol = binauralizer, data, protocol
        folder = (root or cache_folder()) / digest[:32]
        self._saved = SavedPredictions(folder, identity, overwrite=False, chosen_by="XDG_CACHE_HOME")

    def file(self, clip_id: ClipId) -> Path:
        """The WAV of a clip, predicted now if it is not there.

        Raises:
            MediaError: if the clip is not in the data set or cannot be read.
            MethodError: if the prediction is not two finite ears.
        """
        if not self._saved.file(clip_id).is_file():
            row = self._data.clips.get(clip_id)
            if row is None:
                raise MediaError(f"{clip_id}: not in the prepared data set.")
            frames = clip_frames(self._data, row)
            clip = mono_clip(clip_id, target_ears(self._data, row), frames, self._protocol)
            with torch.inference_mode():
                self._saved.write(clip_id, checked_ears(self._binauralizer.binauralize(clip), clip_id))
        return self._saved.file(clip_id)

    def ears(self, clip_id: ClipId) -> Tensor:
        """Predicted ears of a clip, ``(2, samples)``; raises what :meth:`file` does."""
        return torch.from_numpy(read_sound(self.file(clip_id)).samples.T.copy())

    def files(self, clips: Iterable[ClipId], reporter: Reporter) -> dict[ClipId, Path]:
        """The WAVs of clips, with the progress of those that have to be predicted."""
        wanted = list(clips)
        missing = [clip for clip in wanted if not self._saved.file(clip).is_file()]
        for clip in reporter.track(missing, len(missing), "clips made binaural"):
            self.file(clip)
        return {clip: self.file(clip) for clip in wanted}


def cache_folder() -> Path:
    """Where predicted ears are kept; nothing is created."""
    import pooch

    return Path(pooch.os_cache("fairplay-bench")) / "predicted-ears"
