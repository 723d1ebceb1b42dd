"""Heads that many tests share; each is made once."""

import pytest

from hrtf.sofa import read_sofa
from hrtf.sphere import spherical_head


@pytest.fixture(scope="session")
def sphere():
    return spherical_head()


@pytest.fixture(scope="session")
def small_sphere():
    """At 16 kHz, quick to work with."""
    return spherical_head(16000)


@pytest.fixture(scope="session")
def nh2(shared):
    return read_sofa(shared / "data" / "sofa" / "dtf_nh2.sofa")


@pytest.fixture(scope="session")
def kemar(shared):
    """Resampled to 48 kHz, as the decoders of the suite need it."""
    return read_sofa(shared / "data" / "sofa" / "MIT_KEMAR_normal_pinna.sofa").resampled(48000)
