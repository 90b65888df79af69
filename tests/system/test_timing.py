"""Lateness by chance is forgiven, a wrong schedule is not."""

from itertools import accumulate, pairwise
from random import Random
from statistics import median
from typing import Final

import pytest

from .timing import ON_TIME, shifts

PARTS: Final = (200, 17, 17, 17, 17, 17, 200)
GROUP: Final = [0.05, 0.05, 0.101, *[0.1] * 8, 0.05, 0.05, 0.213, 0.05, 0.05, 0.5]
WANTED: Final = [*[0.01] * 200, *GROUP * 5, *[0.01] * 199]


def on_a_busy_machine(seed: int) -> list[float]:
    """Return pauses where all is a little late, and now and then something holds the rest up."""
    random = Random(seed)
    late = [
        due + random.uniform(0.0, 0.05 if random.random() < 0.1 else 0.015)
        for due in accumulate(WANTED, initial=0.0)
    ]
    return [later - at for at, later in pairwise(accumulate(late, max))]


@pytest.mark.parametrize("part", range(1, 6))
def test_a_machine_that_is_late_for_a_whole_part_keeps_the_schedule(part: int) -> None:
    begin = sum(PARTS[:part])
    pauses = list(WANTED)
    pauses[begin - 1] += 2 * ON_TIME
    pauses[begin + PARTS[part] - 1] -= 2 * ON_TIME
    assert max(shifts(pauses, WANTED, PARTS)) < ON_TIME


@pytest.mark.parametrize("seed", range(20))
def test_a_machine_that_is_often_late_keeps_the_schedule(seed: int) -> None:
    pauses = on_a_busy_machine(seed)
    errors = [abs(pause - want) for pause, want in zip(pauses, WANTED, strict=True)]
    assert median(errors) > 0.002  # what a median was not allowed once
    assert max(shifts(pauses, WANTED, PARTS)) < ON_TIME


@pytest.mark.parametrize(
    ("place", "seconds"),
    [
        (slice(0, 200), 0.0101),  # the preamble
        (slice(200, 203), 0.052),
        (slice(203, 211), 0.101),
        (slice(213, 214), 0.09),
        (slice(216, 217), 0.51),
        (slice(216, 217), 0.49),
        (slice(284, 285), 0.49),  # the last one before the next round
    ],
)
def test_a_wrong_pause_is_found(place: slice, seconds: float) -> None:
    pauses = list(WANTED)
    pauses[place] = [seconds] * len(pauses[place])
    assert max(shifts(pauses, WANTED, PARTS)) > ON_TIME


def test_pauses_that_begin_when_the_last_one_was_over_are_found() -> None:
    """So it is without a schedule: what each datagram is late adds up."""
    pauses = [pause + 0.0002 for pause in WANTED]
    assert max(shifts(pauses, WANTED, PARTS)) > ON_TIME
