"""Countdown and auto-off."""

import pytest

from . import vectors
from .talk import Talk, talk_to
from .vectors import (
    R15_SWITCH_ON,
    R17_PUSH_ON,
    R20_PUSH_OFF,
    R23_KEEP_ALIVE,
    READ_COUNTDOWN,
    X63_OFF_IN_AN_HOUR,
)

NONE = (0xFF, 0)


def _talk() -> Talk:
    talk = talk_to()
    talk.subscribe(0.0)
    return talk


def _left(talk: Talk, at: float) -> tuple[int, int]:
    """Ask for the countdown: action and seconds."""
    (answer,) = talk.ask(READ_COUNTDOWN, at)
    assert (len(answer), answer[22]) == (26, 0)
    return answer[23], int.from_bytes(answer[24:], "little")


def _set(talk: Talk, action: int, seconds: int, at: float) -> None:
    request = X63_OFF_IN_AN_HOUR[:23] + bytes([action]) + seconds.to_bytes(2, "little")
    assert len(talk.ask(request, at)) == 1


def test_without_a_countdown_the_answer_says_none() -> None:
    """Action ff, no seconds, as in R45."""
    assert _left(_talk(), 10.0) == NONE


def test_setting_one_is_answered_with_what_is_left() -> None:
    """Off in an hour."""
    talk = _talk()
    (answer,) = talk.ask(X63_OFF_IN_AN_HOUR, 10.0)
    assert answer == X63_OFF_IN_AN_HOUR
    assert _left(talk, 110.0)[1] in (3500, 3501)


def test_at_its_end_it_switches_and_pushes_twice() -> None:
    """To on as well as to off, also when that changes nothing."""
    for action, push in ((0, R20_PUSH_OFF), (1, R17_PUSH_ON)):
        talk = _talk()
        _set(talk, action, 60, 10.0)
        heard = talk.listen(71.0)
        assert [it.data for it in heard] == [push, push]
        assert heard[0].at == pytest.approx(70.15, abs=0.17)
        assert _left(talk, 80.0) == NONE


def test_it_can_be_replaced_and_cancelled() -> None:
    """Cancelling is a guess: action ff."""
    talk = _talk()
    _set(talk, 0, 60, 10.0)
    _set(talk, 0, 120, 20.0)
    assert _left(talk, 30.0)[1] in (110, 111)
    _set(talk, 0xFF, 0, 40.0)
    assert _left(talk, 50.0) == NONE
    assert talk.listen(200.0) == []


def test_another_operation_is_ignored() -> None:
    """Only read and set are known."""
    talk = _talk()
    assert talk.ask(X63_OFF_IN_AN_HOUR[:22] + b"\x02" + X63_OFF_IN_AN_HOUR[23:], 10.0) == []


def test_auto_off_becomes_the_countdown_at_every_switch_on() -> None:
    """By command and by button; the setting stays."""
    talk = _talk()
    talk.plug.settings.set_auto_off(100)
    talk.ask(R15_SWITCH_ON, 10.0)
    assert _left(talk, 20.0)[1] in (90, 91)
    assert [it.data for it in talk.listen(112.0)] == [R20_PUSH_OFF] * 2
    talk.ask(R23_KEEP_ALIVE, 115.0)
    talk.plug.press(120.0)
    talk.listen(121.0)
    assert [it.data for it in talk.listen(221.0)] == [R20_PUSH_OFF] * 2


def test_switching_on_again_does_not_prolong_auto_off() -> None:
    """Only a change from off to on counts as switching on."""
    talk = _talk()
    talk.plug.settings.set_auto_off(100)
    talk.ask(R15_SWITCH_ON, 10.0)
    talk.ask(R15_SWITCH_ON, 60.0)
    assert _left(talk, 70.0)[1] in (40, 41)


def test_a_disabled_auto_off_does_nothing() -> None:
    """As on the plug of R35, which has 12 s stored."""
    talk = _talk()
    talk.plug.settings.set_auto_off(12, enabled=False)
    talk.ask(R15_SWITCH_ON, 10.0)
    assert _left(talk, 20.0) == NONE
    assert vectors.R35_SETTINGS_FIRMWARE_10[164:168] == talk.plug.settings.record[134:138]


def test_a_power_cut_ends_a_countdown() -> None:
    """It is nowhere but in memory."""
    talk = _talk()
    _set(talk, 1, 60, 10.0)
    talk.plug.plug_in(20.0)
    talk.listen(100.0)
    assert not talk.plug.relay
