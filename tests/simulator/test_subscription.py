"""Who is listened to, for how long, and where answers go."""

import pytest

from . import vectors
from .client import client_of
from .parameters import Parameters
from .vectors import (
    CLIENT,
    OTHER_CLIENT,
    R12_SUBSCRIBE,
    R15_SWITCH_ON,
    R23_KEEP_ALIVE,
    R26_READ_INDEX,
)
from .wire import Drop


def test_a_subscription_lives_300_seconds_after_the_last_word() -> None:
    """Measured bounds: 240 s of silence alive, 312 s dead."""
    for silence, alive in ((299.0, True), (301.0, False)):
        client = client_of(Parameters())
        client.subscribe(0.0)
        began = client.heard[-1].at
        assert bool(client.ask(R23_KEEP_ALIVE, began + silence)) is alive


@pytest.mark.parametrize("request_", [R12_SUBSCRIBE, R23_KEEP_ALIVE, R15_SWITCH_ON, R26_READ_INDEX])
def test_it_is_renewed_by_what_is_asked(request_: bytes) -> None:
    """Keep-alive alone bridged 859 s in C4."""
    client = client_of()
    client.subscribe(0.0)
    for at in (250.0, 500.0, 750.0):
        assert client.ask(request_, at)
    assert client.ask(R23_KEEP_ALIVE, 1049.0)


def test_pushes_to_a_silent_subscriber_end_with_its_subscription() -> None:
    """They go out for 300 s without a word from it."""
    client = client_of()
    client.subscribe(0.0)
    for at, heard in ((240.0, 2), (290.0, 2), (310.0, 0)):
        client.plug.press(at)
        assert len(client.listen(at + 1.0)) == heard


def test_strangers_get_silence_and_nothing_happens() -> None:
    """Not even an error, and the relay stays as it is."""
    client = client_of()
    requests = [
        R15_SWITCH_ON,
        R23_KEEP_ALIVE,
        R26_READ_INDEX,
        vectors.R37_RENAME,
        vectors.R42_SET_CLOCK,
        vectors.X63_OFF_IN_AN_HOUR,
        vectors.R46_SET_ZONE,
        vectors.R48_SET_PASSWORD,
    ]
    for number, request in enumerate(requests):
        assert client.ask(request, number * 10.0) == []
    assert not client.plug.relay
    assert client.plug.settings.name == b"\xff" * 16
    assert client.plug.counters.dropped == {Drop.NOT_SUBSCRIBED: len(requests)}


def test_strangers_may_be_answered_where_real_plugs_are_unknown() -> None:
    """Never for switching and keep-alive: that silence was measured."""
    client = client_of(Parameters(answers_strangers=True))
    assert client.ask(vectors.R30_READ_SETTINGS, 0.0) == [vectors.R33_SETTINGS_NEW]
    assert client.ask(R15_SWITCH_ON, 10.0) == []
    assert client.ask(R23_KEEP_ALIVE, 20.0) == []


def test_a_subscriber_is_known_by_its_address_whatever_its_port() -> None:
    """Unless the plug is one that looks at the port as well."""
    for by_port in (False, True):
        client = client_of(Parameters(subscription_key_has_port=by_port))
        client.subscribe(0.0)
        assert bool(client.ask(R23_KEEP_ALIVE, 10.0, (CLIENT[0], 50000))) is not by_port


def test_answers_go_to_port_10000_whatever_the_source_port() -> None:
    """Unless told otherwise, for clients that cannot have that port."""
    source = (CLIENT[0], 50000)
    for to_source, destination in ((False, CLIENT), (True, source)):
        client = client_of(Parameters(reply_to_source_port=to_source))
        client.subscribe(0.0, source)
        client.ask(R15_SWITCH_ON, 10.0, source)
        assert {heard.destination for heard in client.heard} == {destination}


def test_every_subscriber_is_told_its_place_in_the_list() -> None:
    """Counting from 0, or from 1 when the vendor's cloud comes first."""
    for cloud in (0, 1):
        client = client_of(Parameters(cloud_connected=bool(cloud)))
        client.subscribe(0.0)
        client.subscribe(10.0, OTHER_CLIENT)
        (first,) = client.ask(R26_READ_INDEX, 20.0)
        (second,) = client.ask(R26_READ_INDEX, 30.0, OTHER_CLIENT)
        assert (first[18], second[18]) == (cloud, cloud + 1)


def test_whoever_was_silent_longest_makes_room() -> None:
    """What a real plug does when its list is full is unknown."""
    client = client_of(Parameters(max_subscribers=2))
    client.subscribe(0.0)
    client.subscribe(10.0, OTHER_CLIENT)
    client.ask(R23_KEEP_ALIVE, 20.0)
    client.subscribe(30.0, ("10.0.0.13", 10000))
    assert client.ask(R23_KEEP_ALIVE, 40.0)
    assert not client.ask(R23_KEEP_ALIVE, 50.0, OTHER_CLIENT)


def test_logging_out_ends_a_subscription_without_an_answer() -> None:
    """And does so for the sender only."""
    client = client_of()
    client.subscribe(0.0)
    client.subscribe(10.0, OTHER_CLIENT)
    assert client.ask(vectors.R25_LOG_OUT, 20.0) == []
    assert client.ask(R23_KEEP_ALIVE, 30.0) == []
    assert client.ask(R23_KEEP_ALIVE, 40.0, OTHER_CLIENT) == [vectors.R24_KEPT_ALIVE]


def test_logging_out_may_have_no_effect() -> None:
    """Nobody has seen what it does."""
    client = client_of(Parameters(logout_works=False))
    client.subscribe(0.0)
    assert client.ask(vectors.R25_LOG_OUT, 20.0) == []
    assert client.ask(R23_KEEP_ALIVE, 30.0) == [vectors.R24_KEPT_ALIVE]


def test_a_subscribe_with_another_second_mac_is_ignored_if_the_plug_cares() -> None:
    """Unknown on real ones."""
    wrong = R12_SUBSCRIBE.replace(bytes.fromhex("aae63523cfac"), bytes(6))
    for cares in (True, False):
        client = client_of(Parameters(checks_reversed_mac=cares))
        assert bool(client.ask(wrong, 0.0)) is not cares
