"""When a request may leave, without waiting for it."""

import pytest

from custom_components.orvibo_s20.s20.rules.backoff import Backoff
from custom_components.orvibo_s20.s20.rules.pacing import AnswerTime, Pacer


def test_the_first_request_leaves_at_once() -> None:
    assert Pacer().delay(now=100.0) == 0


def test_without_an_answer_the_next_request_waits_50_ms() -> None:
    pacer = Pacer()
    pacer.on_sent(now=100.0)
    assert pacer.delay(now=100.0) == pytest.approx(0.05)
    assert pacer.delay(now=100.06) == 0


def test_after_an_answer_the_next_request_waits_10_ms() -> None:
    pacer = Pacer()
    pacer.on_sent(now=100.0)
    pacer.on_answered(now=100.02)
    assert pacer.delay(now=100.02) == pytest.approx(0.01)


def test_no_request_leaves_while_the_device_answers_a_search() -> None:
    pacer = Pacer()
    pacer.on_discovery_answered(now=100.0)
    pacer.on_answered(now=100.1)
    assert pacer.delay(now=100.1) == pytest.approx(0.1)
    assert pacer.delay(now=100.2) == 0


def test_copies_do_not_prolong_the_deafness() -> None:
    pacer = Pacer()
    assert pacer.on_discovery_answered(now=100.0)
    assert not pacer.on_discovery_answered(now=100.14)
    assert pacer.delay(now=100.2) == 0
    assert pacer.on_discovery_answered(now=100.3)


def test_pauses_grow_to_a_second_and_no_further() -> None:
    pauses = AnswerTime().pauses()
    assert [pauses.pause() for _ in range(7)] == pytest.approx(
        [0.3, 0.39, 0.507, 0.6591, 0.8568, 1.0, 1.0], abs=0.001
    )


def test_the_first_pause_follows_the_answers_of_the_device() -> None:
    quick, slow = AnswerTime(), AnswerTime()
    for _ in range(20):
        quick.on_answered(0.01)
        slow.on_answered(0.7)
    assert quick.first_pause() == pytest.approx(0.2)
    assert slow.first_pause() == pytest.approx(0.7, abs=0.03)


def test_a_device_that_takes_seconds_is_asked_again_after_one() -> None:
    answers = AnswerTime()
    answers.on_answered(3.0)
    assert answers.first_pause() == 1.0


def test_a_back_off_doubles_and_begins_anew() -> None:
    pauses = Backoff(1.0, 5.0)
    assert [pauses.pause() for _ in range(4)] == [1.0, 2.0, 4.0, 5.0]
    pauses.reset()
    assert pauses.pause() == 1.0
