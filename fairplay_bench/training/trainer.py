"""Lightning's trainer, as a plan asks for it, without its advice."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import lightning.pytorch as pl
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
    ".*Experiment logs directory.*",
    ".*isinstance\\(treespec, LeafSpec\\).*",
    ".*your dataloader is not resumable.*",  # its order asks for the step
    ".*number of training batches.*smaller than the logging interval.*",
)


def trainer_of(plan: TrainingPlan, preset: Preset, callbacks: list[Any]) -> pl.Trainer:
    """Lightning's trainer for a plan and its recipe.

    Raises:
        OptionError: if there are no such machines or strategy, or the log cannot be written.
    """
    if plan.log == "tensorboard" and find_spec("tensorboard") is None:
        raise OptionError("--log tensorboard: not installed; pip install 'fairplay-bench[tensorboard]', or --log csv.")
    kinds: dict[str, type[CSVLogger | TensorBoardLogger]] = {"csv": CSVLogger, "tensorboard": TensorBoardLogger}
    machine: dict[str, Any] = {"devices": plan.devices, "num_nodes": plan.nodes, "strategy": plan.strategy}
    try:
        return pl.Trainer(
            **machine,
            accelerator="gpu" if plan.device.startswith("cuda") else plan.device,
            precision=PRECISIONS[plan.precision],
            max_epochs=preset.epochs,
            check_val_every_n_epoch=min(preset.validate_epochs, preset.epochs),
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            log_every_n_steps=10,
            logger=kinds[plan.log](plan.out, name="log", version=""),
            callbacks=callbacks,
            plugins=[WholeCheckpoints()],
            default_root_dir=plan.out,
        )
    except (MisconfigurationException, ValueError) as error:
        given = " ".join(f"--{name.removeprefix('num_')} {value}" for name, value in machine.items())
        raise OptionError(f"{given}: {str(error).splitlines()[0]}") from error


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
