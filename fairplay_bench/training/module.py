"""The Lightning module and data module that every trainable baseline shares."""

import time
from collections import Counter
from collections.abc import Callable
from math import cos, pi
from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader
from torchmetrics import SumMetric

from fairplay_bench.records import Protocol
from fairplay_bench.training.interface import Batch, Examples, Training, length_of
from fairplay_bench.training.order import TrainingOrder, ValidationOrder
from fairplay_bench.training.presets import Preset

_WARM_UP = 0.05  # of a training with the cosine schedule


class TrainingModule(pl.LightningModule):
    """Steps, validation and rates.

    Args:
        training: the network and its parameters.
        preset: the recipe.
        protocol: the level rule.
        compiled: whether ``torch.compile`` is applied to the network's parts.
    """

    def __init__(self, training: Training, preset: Preset, protocol: Protocol, compiled: bool = False) -> None:
        super().__init__()
        self.network = training.network
        self._training, self._preset, self._protocol = training, preset, protocol
        self.samples = 0
        self._passed_over: Counter[int] = Counter()
        self._to_count: list[Tensor] = []  # where the network is: to read them at every step would make it wait
        self._spent_before: tuple[float, ...] = (0.0, 0.0)
        self._began, self._cpu_began = time.monotonic(), time.process_time()
        self._sum, self._count = (SumMetric(nan_strategy="disable") for _ in range(2))  # a loss that is none stays none
        self.network.to(memory_format=torch.channels_last)  # which is fast for convolutions
        if compiled:
            for part in self.network.children():
                part.compile()

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Loss of a batch."""
        del batch_idx
        loss = self.network.loss(batch, self._protocol)
        self.samples += len(batch["skipped"])
        self._to_count.append(batch["skipped"])
        self.log("train_loss", loss, on_step=True, on_epoch=False)
        return loss

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Add a batch to the validation's mean."""
        del batch_idx
        size = len(batch["skipped"])
        self._sum.update(self.network.loss(batch, self._protocol) * size)
        self._count.update(size)

    def on_validation_epoch_end(self) -> None:
        """Log the mean over all segments of all processes."""
        self.log("val_loss", self._sum.compute() / self._count.compute(), rank_zero_only=False, sync_dist=False)
        self._sum.reset()
        self._count.reset()

    def on_train_epoch_end(self) -> None:
        """Count the damaged clips of the pass."""
        self._count_skipped()

    @property
    def skipped(self) -> Counter[int]:
        """How often each damaged clip was passed over, by its number among the clips that are read."""
        self._count_skipped()
        return self._passed_over

    def _count_skipped(self) -> None:
        for numbers in self._to_count:
            self._passed_over.update(numbers[numbers >= 0].tolist())
        self._to_count.clear()

    @property
    def spent(self) -> dict[str, float]:
        """Seconds on the clock and of this process's processors, over all parts of an interrupted training."""
        clock, processor = time.monotonic() - self._began, time.process_time() - self._cpu_began
        return {"seconds": round(clock, 1), "cpu_seconds": round(processor, 1)}

    def on_fit_start(self) -> None:
        """Start the clock, or go on with that of the part before."""
        self._began, self._cpu_began = (
            now - before
            for now, before in zip((time.monotonic(), time.process_time()), self._spent_before, strict=True)
        )

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep what the record of the run counts."""
        checkpoint["counted"] = {
            "samples": self.samples,
            "skipped": dict(self.skipped),
            "spent": list(self.spent.values()),
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on counting."""
        counted = checkpoint["counted"]
        self.samples = counted["samples"]
        if self.trainer.is_global_zero:  # whose counts a checkpoint holds
            self._passed_over = Counter(counted["skipped"])
        self._spent_before = tuple(counted["spent"])

    def configure_optimizers(self) -> Any:
        """Adam with a rate for each group, lowered step by step."""
        rates = dict(self._preset.other_rates)
        rates |= {"new": self._preset.rate, "pretrained": self._preset.pretrained_rate}
        groups = [{"params": params, "lr": rates[name]} for name, params in self._training.groups.items() if params]
        optimizer: Optimizer = Adam(groups, lr=self._preset.rate, weight_decay=self._preset.weight_decay)
        steps = int(self.trainer.estimated_stepping_batches)
        epochs = max(1, self.trainer.max_epochs or 1)
        schedule = LambdaLR(optimizer, _factor(self._preset, steps, max(1, steps // epochs)))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def _factor(preset: Preset, steps: int, epoch_steps: int) -> Callable[[int], float]:
    """Factor of the rates by step, over a training of so many steps."""
    warm_up = max(1, round(_WARM_UP * steps))

    def by_steps(step: int) -> float:
        return float(preset.decay ** (step // epoch_steps // preset.decay_epochs))

    def by_cosine(step: int) -> float:
        if step < warm_up:
            return (step + 1) / warm_up
        return 0.5 * (1 + cos(pi * min(1.0, (step - warm_up) / max(1, steps - warm_up))))

    return {"steps": by_steps, "cosine": by_cosine}[preset.schedule]


class ExampleData(pl.LightningDataModule):
    """Loaders of the training and the validation examples.

    Args:
        examples: what the network is trained and validated on.
        batch: examples of a step, over all processes.
        seed: of the order.
        workers: reading processes of each training process; 0 reads in this one.
    """

    def __init__(self, examples: Examples, batch: int, seed: int, workers: int) -> None:
        super().__init__()
        self._training, self._validation = examples.training, examples.validation
        self._batch, self._seed, self._workers = batch, seed, workers

    def train_dataloader(self) -> DataLoader[Batch]:
        """Batches of this process, from the step the training has come to."""
        trainer = self._of()
        order = TrainingOrder(
            length_of(self._training),
            self._batch,
            self._seed,
            lambda: trainer.global_step,
            trainer.global_rank,
            trainer.world_size,
        )
        return DataLoader(self._training, batch_sampler=order, **self._reading(trainer))

    def val_dataloader(self) -> DataLoader[Batch]:
        """This process's share of the fixed examples."""
        trainer = self._of()
        order = ValidationOrder(length_of(self._validation), trainer.global_rank, trainer.world_size)
        each = max(1, self._batch // trainer.world_size)
        return DataLoader(self._validation, batch_size=each, sampler=order, **self._reading(trainer))

    def _of(self) -> pl.Trainer:
        if self.trainer is None:
            raise RuntimeError("the loaders belong to a trainer")
        return self.trainer

    def _reading(self, trainer: pl.Trainer) -> dict[str, Any]:
        pinned = trainer.strategy.root_device.type == "cuda"
        return {
            "num_workers": self._workers,
            "persistent_workers": self._workers > 0,
            "pin_memory": pinned,
            "multiprocessing_context": "forkserver" if self._workers else None,
        }
