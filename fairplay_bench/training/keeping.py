"""What a training keeps: the best weights, a checkpoint to resume from, its progress."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.fabric.plugins import TorchCheckpointIO
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.utilities.exceptions import SIGTERMException
from torch import Tensor

from fairplay_bench.errors import BenchError
from fairplay_bench.jobs import Reporter
from fairplay_bench.media.files import written_whole
from fairplay_bench.training.module import TrainingModule
from fairplay_bench.training.tensor_files import TensorFileError, read_tensor_file

CHECKPOINT = "last.ckpt"
_IN_A_CHECKPOINT = {"pytorch-lightning_version", "state_dict", "global_step", "counted"}


class CheckpointError(BenchError):
    """A checkpoint cannot be resumed from."""


class WholeCheckpoints(TorchCheckpointIO):
    """Checkpoints that appear whole or not at all, so that a full disk leaves the last good one as it was."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None) -> None:
        """Write a checkpoint.

        Raises:
            OutputError: if it cannot be written.
        """
        del storage_options
        with written_whole(Path(path)) as temporary:
            try:
                torch.save(checkpoint, temporary)
            except RuntimeError as error:  # torch's own writer says so of a disk that is full
                if isinstance(error.__context__, OSError):
                    raise error.__context__ from error
                raise OSError(str(error).splitlines()[0]) from error

    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = None) -> dict[str, Any]:
        """Read a checkpoint; nothing but tensors and plain values is unpickled.

        Raises:
            CheckpointError: if it is damaged.
        """
        del weights_only
        advice = "train with --overwrite from the beginning, or copy a good one there."
        try:
            checkpoint = read_tensor_file(Path(path), map_location or "cpu")
        except TensorFileError as error:
            raise CheckpointError(f"{path}: a damaged checkpoint; {advice}") from error
        if not isinstance(checkpoint, dict) or not checkpoint.keys() >= _IN_A_CHECKPOINT:
            raise CheckpointError(f"{path}: no checkpoint of a training; {advice}")
        return checkpoint


class RunKeeper(Callback):
    """Keeps the weights that a validation finds best, and a checkpoint after every pass and when told to stop.

    The last pass is validated whatever the recipe's distance between two validations.

    Args:
        folder: the run folder.
        keep_best: writes the weights, given the validation loss and the number of steps done.
        begin: says in the folder which run it holds, before there is anything to keep.
    """

    def __init__(
        self, folder: Path, keep_best: Callable[[float, int], None], begin: Callable[[], None] | None = None
    ) -> None:
        self.best = float("inf")
        self.validations: list[tuple[int, float]] = []
        self._folder, self._keep_best, self._begin = folder, keep_best, begin

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Say which run the folder holds, so that no other one takes up what a killed one leaves."""
        del pl_module
        if self._begin is not None and trainer.is_global_zero:
            self._begin()

    def state_dict(self) -> dict[str, Any]:
        """What a resumed training has to know."""
        return {"best": self.best, "validations": self.validations}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up where it stopped."""
        self.best = float(state_dict["best"])
        self.validations = [(int(step), float(loss)) for step, loss in state_dict["validations"]]

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Have the last pass validated, also where a training goes on in the middle of it."""
        del pl_module, batch, batch_idx
        if trainer.current_epoch + 1 == trainer.max_epochs:
            trainer.check_val_every_n_epoch = 1

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keep the best weights."""
        del pl_module
        if trainer.sanity_checking:
            return
        loss = float(trainer.callback_metrics["val_loss"])
        self.validations.append((trainer.global_step, loss))
        if loss < self.best:
            self.best = loss
            if trainer.is_global_zero:
                self._keep_best(loss, trainer.global_step)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the checkpoint to resume from."""
        del pl_module
        trainer.save_checkpoint(self._folder / CHECKPOINT)

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        """Save at once when the machine wants its processes to end (SIGTERM)."""
        del pl_module
        if isinstance(exception, SIGTERMException):
            trainer.save_checkpoint(self._folder / CHECKPOINT)


class Progress(Callback):
    """Steps and losses for whoever watches.

    Args:
        reporter: hears them.
        module: the module, for the number of damaged clips.
    """

    def __init__(self, reporter: Reporter, module: TrainingModule) -> None:
        self._reporter, self._module = reporter, module
        self._steps: Iterator[int] = iter(())
        self._last: Tensor | None = None

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Open the bar."""
        del pl_module
        if trainer.is_global_zero:
            total = int(trainer.estimated_stepping_batches)
            self._steps = self._reporter.track(range(trainer.global_step, total), total - trainer.global_step, "steps")

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """One step further."""
        del trainer, pl_module, batch, batch_idx
        self._last = outputs["loss"] if isinstance(outputs, dict) else outputs
        next(self._steps, None)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Say the losses."""
        del pl_module
        if trainer.is_global_zero and not trainer.sanity_checking and self._last is not None:
            self._reporter.say(
                f"step {trainer.global_step}: training {float(self._last):.5f}, "
                f"validation {float(trainer.callback_metrics['val_loss']):.5f}"
            )

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Close the bar."""
        del trainer, pl_module, stage
        close = getattr(self._steps, "close", None)
        if close is not None:
            close()
