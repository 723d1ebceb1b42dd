"""Synthetic SOFA files: a spherical head's responses, written the many ways real files are written."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import sofar
from netCDF4 import Dataset

from hrtf.sphere import spherical_head_responses

SAMPLE_RATE = 48000
ARRAYS = ("azimuth_deg", "elevation_deg", "responses", "delays_samples")
AZIMUTH = np.concatenate([np.arange(0.0, 360.0, 15.0)] * 3 + [[0.0]])
ELEVATION = np.concatenate([np.full(24, -30.0), np.zeros(24), np.full(24, 30.0), [90.0]])


def head(sample_rate=SAMPLE_RATE, azimuth=AZIMUTH, elevation=ELEVATION):
    """Responses (directions, 2, taps) of the sphere."""
    return spherical_head_responses(azimuth, elevation, sample_rate=sample_rate, n_taps=sample_rate // 200)


def part_of(hrirs, indices):
    """The set of some of a set's directions."""
    kept = {name: getattr(hrirs, name)[indices] for name in ARRAYS}
    return replace(hrirs, **kept)


def sofa_object(responses=None, azimuth=AZIMUTH, elevation=ELEVATION, distance=1.2, sample_rate=SAMPLE_RATE):
    sofa = sofar.Sofa("SimpleFreeFieldHRIR")
    sofa.Data_IR = head(sample_rate, azimuth, elevation) if responses is None else responses
    sofa.SourcePosition = np.stack([azimuth, elevation, np.broadcast_to(distance, azimuth.shape)], axis=1)
    sofa.Data_SamplingRate = sample_rate
    sofa.ReceiverPosition = np.array([[0.0, 0.09, 0.0], [0.0, -0.09, 0.0]])
    return sofa


def written(folder: Path, sofa, name="set.sofa") -> Path:
    path = folder / name
    sofar.write_sofa(path, sofa)
    return path


def plain_file(
    path: Path,
    responses=None,
    positions=None,
    *,
    convention="SimpleFreeFieldHRIR",
    version="0.4",
    position_kind=("spherical", "degree, degree, meter"),
    position_axes="MC",
    ir_axes="MRN",
    receivers=((0.0, 0.09, 0.0), (0.0, -0.09, 0.0)),
    delay=None,
    delay_axes="IR",
    delay_units=None,
    rate=float(SAMPLE_RATE),
    scalar_rate=False,
    extra=None,
):
    """A file written without sofar, as old tools did: any version, any axes, nothing but the essentials."""
    responses = head() if responses is None else responses
    if positions is None:
        positions = np.stack([AZIMUTH, ELEVATION, np.full(len(AZIMUTH), 1.2)], axis=1)
    sizes = dict(zip(ir_axes, responses.shape, strict=True)) | {"I": 1, "C": 3}
    with Dataset(path, "w", format="NETCDF4") as dataset:
        dataset.Conventions = "SOFA"
        dataset.Version = "0.6"
        dataset.SOFAConventions = convention
        dataset.SOFAConventionsVersion = version
        dataset.DataType = "FIR"
        dataset.RoomType = "free field"
        for axis, size in sizes.items():
            dataset.createDimension(axis, size)
        dataset.createVariable("Data.IR", "f8", tuple(ir_axes))[:] = responses
        source = dataset.createVariable("SourcePosition", "f8", tuple(position_axes))
        source[:] = positions
        if position_kind[0] is not None:
            source.Type = position_kind[0]
        if position_kind[1] is not None:
            source.Units = position_kind[1]
        sampling = dataset.createVariable("Data.SamplingRate", "f8", () if scalar_rate else ("I",))
        sampling[...] = rate
        sampling.Units = "hertz"
        if receivers is not None:
            variable = dataset.createVariable("ReceiverPosition", "f8", ("R", "C", "I"))
            variable[:] = np.asarray(receivers)[:, :, None]
            variable.Type, variable.Units = "cartesian", "meter"
        if delay is not None:
            variable = dataset.createVariable("Data.Delay", "f8", tuple(delay_axes))
            variable[:] = delay
            if delay_units is not None:
                variable.Units = delay_units
        if extra is not None:
            extra(dataset)
    return path


def assert_is_the_head(hrirs, tolerance=1e-6):
    """The set is the spherical head that was written, whatever the spelling."""
    assert hrirs.sample_rate == SAMPLE_RATE
    index, gap = hrirs.nearest(AZIMUTH, ELEVATION)
    assert gap.max() < 1e-3
    assert sorted(index) == list(range(len(AZIMUTH)))
    np.testing.assert_allclose(hrirs.responses[index], head(), atol=tolerance)


def assert_one_line(error, path):
    text = str(error)
    assert "\n" not in text
    assert text.count(str(path)) == 1
    assert len(text) < 400
