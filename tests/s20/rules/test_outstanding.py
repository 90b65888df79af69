"""Which request an answer may belong to, without waiting for it."""

from math import inf

import pytest

from custom_components.orvibo_s20.s20.rules.outstanding import COPY_TIME, Outstanding


def test_an_answer_to_a_single_request_took_as_long_as_it_took() -> None:
    outstanding = Outstanding()
    assert not outstanding.on_sent("state", 10.0)
    assert outstanding.on_answered("state", 10.25) == (10.0, 0.25)
    assert outstanding.delay("state", 10.25 + COPY_TIME) == 0


def test_the_copy_of_an_answer_is_not_the_answer_to_the_next_request() -> None:
    outstanding = Outstanding()
    outstanding.on_sent("state", 10.0)
    outstanding.on_answered("state", 10.02)
    assert outstanding.delay("state", 10.03) == pytest.approx(0.04)
    outstanding.on_sent("state", 10.03)
    assert outstanding.on_answered("state", 10.06) == (10.0, None)
    assert outstanding.on_answered("state", 10.08) == (10.03, pytest.approx(0.05))


def test_an_answer_that_nobody_asked_for_is_told_from_others() -> None:
    outstanding = Outstanding()
    assert outstanding.on_answered("state", 10.0) == (-inf, None)
    outstanding.on_sent("timers", 10.0)
    assert outstanding.on_answered("state", 10.1) == (-inf, None)


def test_an_answer_to_one_of_two_requests_may_be_the_one_to_the_first() -> None:
    outstanding = Outstanding()
    assert [outstanding.on_sent("state", moment) for moment in (10.0, 10.3)] == [False, True]
    assert outstanding.on_answered("state", 10.31) == (10.0, None)


def test_the_second_answer_may_still_be_about_what_was_before() -> None:
    """Asked twice, answered late, changed, and asked again: the next answer is an old one."""
    outstanding = Outstanding()
    outstanding.on_sent("timers", 10.0)
    outstanding.on_sent("timers", 10.3)
    outstanding.on_answered("timers", 10.5)
    outstanding.on_sent("timers", 10.6)
    assert outstanding.on_answered("timers", 10.8) == (10.0, None)


def test_nothing_is_outstanding_once_no_answer_can_come_any_more() -> None:
    outstanding = Outstanding()
    outstanding.on_sent("timers", 10.0)
    outstanding.on_sent("timers", 10.3)
    outstanding.on_answered("timers", 10.4)
    assert outstanding.delay("timers", 10.4) == pytest.approx(1.4)
    outstanding.on_sent("timers", 11.9)
    assert outstanding.on_answered("timers", 12.0) == (11.9, pytest.approx(0.1))


def test_a_slow_device_is_waited_for_as_long_as_it_may_take() -> None:
    outstanding = Outstanding()
    for moment in (10.0, 10.3, 10.7):
        outstanding.on_sent("timers", moment)
    assert outstanding.delay("timers", 10.7) == 3.0
    outstanding.on_answered("timers", 11.2)
    assert outstanding.delay("timers", 11.2) == pytest.approx(1.9)  # twice 1.2 s from the last


def test_requests_that_stay_unanswered_are_forgotten() -> None:
    outstanding = Outstanding()
    for moment in (10.0, 20.0, 30.0):
        assert not outstanding.on_sent("state", moment)
    assert outstanding.on_answered("state", 30.1) == (30.0, pytest.approx(0.1))
