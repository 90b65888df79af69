"""Switching: the answer is no state, the state comes twice."""

from . import vectors
from .client import client_of
from .parameters import Parameters
from .vectors import (
    CLIENT,
    OTHER_CLIENT,
    R12_SUBSCRIBE,
    R15_SWITCH_ON,
    R16_SWITCHED,
    R17_PUSH_ON,
    R18_SWITCH_OFF,
    R20_PUSH_OFF,
)

SWITCHED_ON = [R16_SWITCHED, R17_PUSH_ON, R17_PUSH_ON]
SWITCHED_OFF = [R16_SWITCHED, R20_PUSH_OFF, R20_PUSH_OFF]


def test_the_answer_is_the_same_for_on_and_off_and_for_no_change() -> None:
    """It ends in 00 always; two pushes with the state follow always."""
    client = client_of()
    client.subscribe(0.0)
    assert client.ask(R15_SWITCH_ON, 10.0) == SWITCHED_ON
    assert client.ask(R15_SWITCH_ON, 20.0) == SWITCHED_ON
    assert client.ask(R18_SWITCH_OFF, 30.0) == SWITCHED_OFF
    assert client.ask(R18_SWITCH_OFF, 40.0) == SWITCHED_OFF


def test_without_the_cloud_the_pushes_come_within_the_measured_bounds() -> None:
    """5 to 10 ms after the answer, and again 43 to 47 ms later (C2)."""
    for seed in range(50):
        client = client_of(seed=seed)
        client.subscribe(0.0)
        client.say(R15_SWITCH_ON, 10.0)
        answer, first, second = client.listen(12.0)
        assert 0.005 <= first.at - answer.at <= 0.010
        assert 0.043 <= second.at - first.at <= 0.047


def test_subscribing_reads_the_state() -> None:
    """Off and on."""
    client = client_of()
    assert client.ask(R12_SUBSCRIBE, 0.0) == [vectors.R13_SUBSCRIBED_OFF]
    client.plug.relay = True
    assert client.ask(R12_SUBSCRIBE, 10.0) == [vectors.R14_SUBSCRIBED_ON]


def test_the_button_is_pushed_to_every_subscriber_twice() -> None:
    """Two controllers, four datagrams."""
    client = client_of()
    client.subscribe(0.0)
    client.subscribe(10.0, OTHER_CLIENT)
    client.plug.press(20.0)
    heard = client.listen(21.0)
    assert client.plug.relay
    assert [push.destination for push in heard] == [CLIENT, OTHER_CLIENT] * 2
    assert {push.data for push in heard} == {R17_PUSH_ON}


def test_a_late_second_push_of_an_older_command_carries_the_older_state() -> None:
    """Two commands closer than 60 ms: on, off, and then once more "on" although it is off."""
    client = client_of(Parameters(latency=Parameters().clock_latency))
    client.subscribe(0.0)
    client.say(R15_SWITCH_ON, 10.0)
    client.say(R18_SWITCH_OFF, 10.025)
    pushes = [heard.data for heard in client.listen(12.0) if heard.data != R16_SWITCHED]
    assert pushes == [R17_PUSH_ON, R20_PUSH_OFF, R17_PUSH_ON, R20_PUSH_OFF]
    assert not client.plug.relay


def test_a_state_that_is_neither_on_nor_off_is_ignored() -> None:
    """No toggle value is known."""
    client = client_of()
    client.subscribe(0.0)
    assert client.ask(R15_SWITCH_ON[:-1] + b"\x02", 10.0) == []
    assert not client.plug.relay


def test_sessions_are_echoed_by_keep_alive_and_clock_only() -> None:
    """The others give the slot."""
    client = client_of()
    client.subscribe(0.0)
    assert client.ask(vectors.R23_KEEP_ALIVE, 10.0) == [vectors.R24_KEPT_ALIVE]
    assert client.ask(vectors.R42_SET_CLOCK, 20.0) == [vectors.R43_CLOCK_SET]
    assert client.ask(R15_SWITCH_ON, 30.0)[0] == R16_SWITCHED
