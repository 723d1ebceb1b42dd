"""What a reader remarks on a file, shown as lines rather than as warnings of the program."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def remarks_as_lines() -> Iterator[None]:
    """Print what is remarked on SOFA files within the block as lines of standard error; other warnings stay."""
    from hrtf.sofa import SofaWarning

    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as recorded:
            caught = recorded
            warnings.simplefilter("always", SofaWarning)
            yield
    finally:  # a file that is refused in the end is remarked on, too
        for one in caught:
            if issubclass(one.category, SofaWarning):
                click.echo(f"note: {one.message}", err=True)
            else:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
