"""Countdown and auto-off."""

import pytest

from . import vectors
from .client import Client, client_of
from .vectors import (
    R15_SWITCH_ON,
    R17_PUSH_ON,
    R20_PUSH_OFF,
    R23_KEEP_ALIVE,
    READ_COUNTDOWN,
    X63_OFF_IN_AN_HOUR,
)

NONE = (0xFF, 0)


def _client() -> Client:
    client = client_of()
    client.subscribe(0.0)
    return client


def _left(client: Client, at: float) -> tuple[int, int]:
    """Ask for the countdown: action and seconds."""
    (answer,) = client.ask(READ_COUNTDOWN, at)
    assert (len(answer), answer[22]) == (26, 0)
    return answer[23], int.from_bytes(answer[24:], "little")


def _set(client: Client, action: int, seconds: int, at: float) -> None:
    request = X63_OFF_IN_AN_HOUR[:23] + bytes([action]) + seconds.to_bytes(2, "little")
    assert len(client.ask(request, at)) == 1


@pytest.mark.parametrize("tenths", range(100, 400, 7))
def test_the_longest_countdown_has_its_length_whenever_it_begins(tenths: int) -> None:
    """Floating-point numbers are not exact: an end less its start may be a bit over 65535 s."""
    client = _client()
    _set(client, 0, 65535, tenths / 10 + 0.001)


def test_without_a_countdown_the_answer_says_none() -> None:
    """Action ff, no seconds, as in R45."""
    assert _left(_client(), 10.0) == NONE


def test_setting_one_is_answered_with_what_is_left() -> None:
    """Off in an hour."""
    client = _client()
    (answer,) = client.ask(X63_OFF_IN_AN_HOUR, 10.0)
    assert answer == X63_OFF_IN_AN_HOUR
    assert _left(client, 110.0)[1] in (3500, 3501)


def test_at_its_end_it_switches_and_pushes_twice() -> None:
    """To on as well as to off, also when that changes nothing."""
    for action, push in ((0, R20_PUSH_OFF), (1, R17_PUSH_ON)):
        client = _client()
        _set(client, action, 60, 10.0)
        heard = client.listen(71.0)
        assert [it.data for it in heard] == [push, push]
        assert heard[0].at == pytest.approx(70.15, abs=0.17)
        assert _left(client, 80.0) == NONE


def test_it_can_be_replaced_and_cancelled() -> None:
    """Cancelling is a guess: action ff."""
    client = _client()
    _set(client, 0, 60, 10.0)
    _set(client, 0, 120, 20.0)
    assert _left(client, 30.0)[1] in (110, 111)
    _set(client, 0xFF, 0, 40.0)
    assert _left(client, 50.0) == NONE
    assert client.listen(200.0) == []


def test_another_operation_is_ignored() -> None:
    """Only read and set are known."""
    client = _client()
    assert client.ask(X63_OFF_IN_AN_HOUR[:22] + b"\x02" + X63_OFF_IN_AN_HOUR[23:], 10.0) == []


def test_auto_off_becomes_the_countdown_at_every_switch_on() -> None:
    """By command and by button; the setting stays."""
    client = _client()
    client.plug.settings.set_auto_off(100)
    client.ask(R15_SWITCH_ON, 10.0)
    assert _left(client, 20.0)[1] in (90, 91)
    assert [it.data for it in client.listen(112.0)] == [R20_PUSH_OFF] * 2
    client.ask(R23_KEEP_ALIVE, 115.0)
    client.plug.press(120.0)
    client.listen(121.0)
    assert [it.data for it in client.listen(221.0)] == [R20_PUSH_OFF] * 2


def test_switching_on_again_does_not_prolong_auto_off() -> None:
    """Only a change from off to on counts as switching on."""
    client = _client()
    client.plug.settings.set_auto_off(100)
    client.ask(R15_SWITCH_ON, 10.0)
    client.ask(R15_SWITCH_ON, 60.0)
    assert _left(client, 70.0)[1] in (40, 41)


def test_a_disabled_auto_off_does_nothing() -> None:
    """As on the plug of R35, which has 12 s stored."""
    client = _client()
    client.plug.settings.set_auto_off(12, enabled=False)
    client.ask(R15_SWITCH_ON, 10.0)
    assert _left(client, 20.0) == NONE
    assert vectors.R35_SETTINGS_FIRMWARE_10[164:168] == client.plug.settings.record[134:138]


def test_a_power_cut_ends_a_countdown() -> None:
    """It is nowhere but in memory."""
    client = _client()
    _set(client, 1, 60, 10.0)
    client.plug.plug_in(20.0)
    client.listen(100.0)
    assert not client.plug.relay
