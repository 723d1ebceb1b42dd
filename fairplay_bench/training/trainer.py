"""Lightning's trainer, as a plan asks for it, without its advice."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger

from fairplay_bench.errors import OptionError
from fairplay_bench.training.keeping import WholeCheckpoints
from fairplay_bench.training.plan import PRECISIONS, TrainingPlan
from fairplay_bench.training.presets import Preset

_ADVICE = (
    ".*module\\(s\\) in eval mode.*",  # networks that stay as they are while others are trained
    ".*does not have many workers.*",
    ".*GPU available but not used.*",
    ".*recommended to use `self.log\\('val_loss'.*",  # which is of all processes already
    ".*Experiment logs directory.*",  # of a run that is replaced
    ".*isinstance\\(treespec, LeafSpec\\).*",
    ".*your dataloader is not resumable.*",  # its order asks for the step
    ".*number of training batches.*smaller than the logging interval.*",
)


def trainer_of(plan: TrainingPlan, preset: Preset, resumed: bool, callbacks: list[Any]) -> pl.Trainer:
    """Lightning's trainer for a plan and its recipe.

    Args:
        plan: what is trained, and how.
        preset: its recipe.
        resumed: whether it goes on, and its log in a folder of its own, ``log/resumed-<n>``: Lightning would replace
            the part that is there.
        callbacks: that it calls.

    Raises:
        OptionError: if there are no such machines or strategy, or the log cannot be written.
    """
    if plan.log == "tensorboard" and find_spec("tensorboard") is None:
        raise OptionError("--log tensorboard: not installed; pip install 'fairplay-bench[tensorboard]', or --log csv.")
    kinds: dict[str, type[CSVLogger | TensorBoardLogger]] = {"csv": CSVLogger, "tensorboard": TensorBoardLogger}
    machine: dict[str, Any] = {"devices": _devices(plan), "num_nodes": plan.nodes, "strategy": plan.strategy}
    try:
        return pl.Trainer(
            **machine,
            accelerator="gpu" if plan.device.startswith("cuda") else torch.device(plan.device).type,
            precision=PRECISIONS[plan.precision],
            max_epochs=preset.epochs,
            check_val_every_n_epoch=min(preset.validate_epochs, preset.epochs),
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            log_every_n_steps=10,
            logger=kinds[plan.log](plan.out, name="log", version=_part(plan.out / "log") if resumed else ""),
            callbacks=callbacks,
            plugins=[WholeCheckpoints()],
            default_root_dir=plan.out,
        )
    except (MisconfigurationException, ValueError) as error:
        given = f"--devices {plan.devices} --nodes {plan.nodes} --strategy {plan.strategy}"
        raise OptionError(f"{given}: {str(error).splitlines()[0]}") from error


def _devices(plan: TrainingPlan) -> int | list[int]:
    """How many processes, or the number of the only one's device."""
    device = torch.device(plan.device)
    return plan.devices if device.type == "cpu" or device.index is None else [device.index]


def _part(log: Path) -> str:
    """Name of the log of a part that was resumed."""
    return f"resumed-{1 + sum(1 for _ in log.glob('resumed-*'))}"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep Lightning's advice off the screen: it is about choices made here on purpose, or about its own inside."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        for text in _ADVICE:
            warnings.filterwarnings("ignore", text)
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for known, level in zip(loggers, levels, strict=True):
                known.setLevel(level)
