"""Which receiver of a measurement is the left ear.

Files contradict themselves here: SOFA 0.6 files and later conversions name the receivers in an order that the impulse
responses do not have. A head shadows the far ear and sound reaches it later, so sources on either side tell which ear
is which; what they tell is believed.
"""

import numpy as np

from hrtf.directions import Floats
from hrtf.interaural import ild_db, itd_s
from hrtf.onsets import shifted

LATERAL = 0.7  # of the unit vector's left component: within 45 degrees of an ear's axis
MIN_ILD_DB = 1.0  # smaller mean differences between the near and the far ear decide nothing
MIN_ITD_S = 50e-6
MAX_SOURCES = 64


def left_ear(
    responses: Floats, delays: Floats, vectors: Floats, sample_rate: int, declared: int | None, remarks: list[str]
) -> int:
    """The index, 0 or 1, of the left ear.

    Args:
        responses: ``(directions, 2, taps)`` in the file's order.
        delays: ``(directions, 2)`` in samples, in the file's order.
        vectors: ``(directions, 3)``, unit vectors, y to the left.
        sample_rate: Hz.
        declared: which receiver the file places on the left; None if it does not say.
        remarks: what had to be settled is added.
    """
    level, time = _votes(responses, delays, vectors, sample_rate)
    if level + time == 0:
        if declared is None:
            remarks.append("neither ReceiverPosition nor the responses tell the ears apart: the first is taken as left")
        elif level != 0:
            remarks.append("level and time contradict each other about the ears: ReceiverPosition is believed")
        return declared or 0
    measured = 0 if level + time > 0 else 1
    if declared is not None and declared != measured:
        remarks.append("ReceiverPosition contradicts the responses: the ears are told apart by level and time instead")
    return measured


def declared_left(receivers: Floats | None) -> int | None:
    """Which of two receivers ``(2, 3)`` is placed on the left; None if neither is, or both."""
    if receivers is None or receivers.shape != (2, 3) or not np.isfinite(receivers).all():
        return None
    if receivers[0, 1] == receivers[1, 1]:
        return None
    return int(np.argmax(receivers[:, 1]))


def _votes(responses: Floats, delays: Floats, vectors: Floats, sample_rate: int) -> tuple[int, int]:
    """What level and time say: 1 for the first receiver being the left ear, -1 for the second, 0 for too little."""
    lateral = np.flatnonzero(np.abs(vectors[:, 1]) > LATERAL)
    if len(lateral) == 0:
        return 0, 0
    lateral = lateral[:: -(-len(lateral) // MAX_SOURCES)]
    side = np.sign(vectors[lateral, 1])
    longest = int(np.ceil(delays[lateral].max()))
    ears = shifted(responses[lateral], delays[lateral], responses.shape[-1] + longest)
    level_db = float(np.mean(side * np.clip(ild_db(ears, sample_rate), -40.0, 40.0)))
    time_s = float(np.mean(side * itd_s(ears, sample_rate)))
    return (
        int(np.sign(level_db)) if abs(level_db) > MIN_ILD_DB else 0,
        int(np.sign(time_s)) if abs(time_s) > MIN_ITD_S else 0,
    )
