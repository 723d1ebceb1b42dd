"""Reading what ``torch.save`` wrote, without running what a file may carry."""

import pickle
import warnings
from pathlib import Path
from typing import Any

import torch

_BROKEN = (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, LookupError)


class TensorFileError(Exception):
    """A file is damaged, or holds more than tensors and plain values."""


def read_tensor_file(path: Path, device: Any = "cpu") -> Any:
    """Read a file of tensors and plain values; nothing else is unpickled.

    Args:
        path: the file.
        device: where its tensors go, as torch's ``map_location``.

    Raises:
        TensorFileError: if it cannot be read so.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Detected pickle protocol")  # the error that follows says enough
            return torch.load(path, map_location=device, weights_only=True)
    except _BROKEN as error:
        raise TensorFileError(str(error).splitlines()[0]) from error
