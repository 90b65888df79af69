"""Searches: bursts, deafness, locked plugs and relatives."""

from itertools import pairwise

import pytest

from . import vectors
from .client import Client, client_of, quiet
from .parameters import Parameters
from .plug import Plug
from .variants import AllOne, SilentModule
from .vectors import ADDRESS, CLIENT, MAC, R01_SEARCH_ALL, R10_SEARCH_MAC, R12_SUBSCRIBE
from .wire import Drop


@pytest.mark.parametrize("seed", range(8))
def test_a_search_is_answered_ten_times_fifteen_milliseconds_apart(seed: int) -> None:
    """All ten are the same, and go to port 10000 of the asker whatever its source port."""
    client = client_of(seed=seed)
    client.say(R01_SEARCH_ALL, 1.0, source=("10.0.0.11", 54321))
    copies = client.listen(2.0)
    gaps = [after.at - before.at for before, after in pairwise(copies)]
    assert len(copies) == 10
    assert len({copy.data for copy in copies}) == 1
    assert {copy.destination for copy in copies} == {CLIENT}
    assert all(0.0119 <= gap <= 0.0181 for gap in gaps)
    assert sum(gaps) / len(gaps) == pytest.approx(0.015, abs=0.0005)


def test_the_first_copy_comes_at_once_or_after_two_tenths_of_a_second() -> None:
    """Two humps, the early one more often."""
    delays = []
    for seed in range(300):
        client = client_of(seed=seed)
        client.say(R01_SEARCH_ALL, 0.0)
        delays.append(client.plug.due() or 0.0)
    early = [delay for delay in delays if 0.011 <= delay <= 0.032]
    late = [delay for delay in delays if 0.180 <= delay <= 0.300]
    assert len(early) + len(late) == 300
    assert 180 < len(early) < 240


def test_the_plug_hears_nothing_from_the_first_copy_to_two_milliseconds_after_the_last() -> None:
    """Not even another search."""
    client = client_of()
    client.say(R01_SEARCH_ALL, 0.0)
    first = client.plug.due() or 0.0
    client.listen(1.0)
    last = client.heard[-1].at
    for at, lost in ((first + 0.001, True), (last + 0.001, True), (last + 0.003, False)):
        for request in (R01_SEARCH_ALL, R10_SEARCH_MAC, R12_SUBSCRIBE):
            again = client_of()
            again.say(R01_SEARCH_ALL, 0.0)
            again.say(request, at)
            assert (again.plug.counters.dropped[Drop.DEAF] == 1) is lost


def test_what_waits_behind_a_search_is_lost_when_the_burst_begins() -> None:
    """It looked dropped in the captures; one parameter makes it survive."""
    for survives in (False, True):
        client = client_of(Parameters(queue_survives_burst=survives))
        client.say(R01_SEARCH_ALL, 0.0)
        client.say(R12_SUBSCRIBE, 0.001)
        client.listen(2.0)
        assert (client.heard[-1].data == vectors.R13_SUBSCRIBED_OFF) is survives
        assert client.plug.counters.dropped[Drop.DEAF] == (0 if survives else 1)


def test_a_search_for_another_mac_gets_silence() -> None:
    """The MAC is the address, also in a broadcast."""
    client = client_of()
    assert client.ask(R10_SEARCH_MAC.replace(b"\x35\xe6\xaa", b"\x00\x00\x01"), 0.0) == []
    assert client.plug.counters.dropped == {Drop.FOREIGN_MAC: 1}


def test_a_locked_plug_answers_a_search_by_mac_only() -> None:
    """And everything else as before."""
    client = client_of()
    client.plug.lock(0.0)
    assert client.ask(R01_SEARCH_ALL, 0.0) == []
    assert len(client.ask(R10_SEARCH_MAC, 10.0)) == 10
    assert client.ask(R12_SUBSCRIBE, 20.0) == [vectors.R13_SUBSCRIBED_OFF]
    client.plug.unlock(25.0)
    assert len(client.ask(R01_SEARCH_ALL, 30.0)) == 10


def test_the_type_may_differ_between_the_two_searches() -> None:
    """As on a device that called itself SOC002 and SOC001."""
    client = client_of(Parameters(type_string="SOC002", type_string_by_mac="SOC001"))
    assert client.ask(R01_SEARCH_ALL, 0.0)[0][31:37] == b"SOC002"
    assert client.ask(R10_SEARCH_MAC, 10.0)[0][31:37] == b"SOC001"


def test_an_all_one_answers_searches_with_41_bytes_and_nothing_else() -> None:
    """It cannot be subscribed to."""
    client = Client(AllOne(ADDRESS, MAC, quiet()))
    answers = client.ask(R01_SEARCH_ALL, 0.0)
    assert {(len(answer), answer[31:37]) for answer in answers} == {(41, b"IRD012")}
    assert client.ask(R12_SUBSCRIBE, 10.0) == []


def test_a_silent_module_says_nothing_at_all() -> None:
    """Not even when it joins."""
    client = Client(SilentModule(ADDRESS, MAC))
    client.plug.plug_in(0.0)
    client.listen(700.0)
    assert client.ask(R01_SEARCH_ALL, 710.0) == []
    assert client.ask(R12_SUBSCRIBE, 720.0) == []
    assert client.heard == []
    assert client.plug.counters.received == 2


def test_plugs_of_one_seed_are_not_in_step() -> None:
    """Otherwise 25 of them would answer in the same instant."""
    moments = set()
    for number in range(25):
        client = Client(Plug(ADDRESS, f"accf23{number:06x}", quiet()))
        client.say(R01_SEARCH_ALL, 0.0)
        moments.add(client.plug.due())
    assert len(moments) == 25
