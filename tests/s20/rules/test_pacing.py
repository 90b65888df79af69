"""When a request may leave, without waiting for it."""

from itertools import islice

import pytest

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
    assert list(islice(AnswerTime().pauses(), 7)) == pytest.approx(
        [0.3, 0.39, 0.507, 0.6591, 0.8568, 1.0, 1.0], abs=0.001
    )


def test_the_first_pause_follows_the_answers_of_the_device() -> None:
    quick, slow = AnswerTime(), AnswerTime()
    for number in range(20):
        for answers, seconds in ((quick, 0.01), (slow, 0.7)):
            answers.on_sent(int, 10.0 * number)
            answers.on_answered(int, 10.0 * number + seconds)
    assert next(quick.pauses()) == pytest.approx(0.2)
    assert next(slow.pauses()) == pytest.approx(0.7, abs=0.03)


def test_an_answer_to_one_of_two_requests_is_no_sample() -> None:
    answers = AnswerTime()
    assert [answers.on_sent(int, moment) for moment in (10.0, 10.3)] == [False, True]
    assert answers.on_answered(int, 10.31) == 10.0
    assert answers.smoothed is None


def test_requests_that_stay_unanswered_are_forgotten() -> None:
    answers = AnswerTime()
    for moment in (10.0, 20.0, 30.0):
        answers.on_sent(int, moment)
    assert answers.on_answered(int, 30.1) == 30.0
    assert answers.smoothed == pytest.approx(0.1)


def test_an_answer_without_a_request_says_nothing() -> None:
    answers = AnswerTime()
    assert answers.on_answered(int, 10.0) < 0
    assert answers.smoothed is None
