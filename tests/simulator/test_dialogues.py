"""Conversations of the captures: what came in which order, and when."""

import pytest

from . import vectors
from .client import Client, client_of
from .clock import UNIX_EPOCH
from .parameters import Parameters
from .vectors import CLIENT, CLOUD, R10_SEARCH_MAC, R12_SUBSCRIBE, R15_SWITCH_ON, R23_KEEP_ALIVE
from .wire import Drop

SEEDS = range(8)
R11_CLOCK = 0xBC17DC2D


def _search(client: Client, at: float) -> float:
    """Search by MAC at `at` and return when the first copy of the answer comes."""
    client.plug.set_clock(R11_CLOCK - UNIX_EPOCH, at)
    client.say(R10_SEARCH_MAC, at)
    first = client.plug.due()
    assert first is not None
    assert 0.011 <= first - at <= 0.300
    return first


def _check_burst(client: Client, first: float) -> float:
    """Hear ten copies of the answer and return when the last one came."""
    copies = client.heard[-10:]
    assert [copy.data for copy in copies] == [vectors.R11_FOUND_BY_MAC] * 10
    assert {copy.destination for copy in copies} == {CLIENT}
    assert copies[0].at == first
    assert 0.104 <= copies[-1].at - first <= 0.1381
    return copies[-1].at


@pytest.mark.parametrize("seed", SEEDS)
def test_d1_a_subscribe_inside_the_burst_is_lost(seed: int) -> None:
    """C1 f226-242: search, burst, subscribe 78 ms into it, subscribe again 1.8 s later."""
    client = client_of(seed=seed)
    first = _search(client, 0.0)
    client.say(R12_SUBSCRIBE, first + 0.0783)
    client.listen(1.8957)
    _check_burst(client, first)
    assert len(client.heard) == 10
    assert client.plug.counters.dropped == {Drop.DEAF: 1}
    client.say(R12_SUBSCRIBE, 1.8957)
    (answer,) = client.listen(3.0)
    assert answer.data == vectors.R13_SUBSCRIBED_OFF
    assert 0.004 <= answer.at - 1.8957 <= 0.300


@pytest.mark.parametrize("seed", SEEDS)
def test_d2_a_subscribe_after_the_burst_is_answered(seed: int) -> None:
    """C1 f204-219: search, burst, subscribe 20.6 ms after it, read the settings."""
    client = client_of(seed=seed)
    first = _search(client, 0.0)
    client.listen(0.5)
    last = _check_burst(client, first)
    client = client_of(seed=seed)
    _search(client, 0.0)
    assert client.ask(R12_SUBSCRIBE, last + 0.0206)[-1] == vectors.R13_SUBSCRIBED_OFF
    assert client.ask(vectors.R30_READ_SETTINGS, 3.0) == [vectors.R33_SETTINGS_NEW]


@pytest.mark.parametrize("seed", SEEDS)
def test_d3_with_the_cloud_everybody_hears_twice_and_the_cloud_first(seed: int) -> None:
    """C4 f103-108: answer with slot 1, then cloud, LAN, cloud, LAN."""
    client = client_of(Parameters(cloud_connected=True, cloud_address=CLOUD), seed=seed)
    client.subscribe()
    client.say(vectors.R15_SWITCH_ON, 10.0)
    answer, *pushes = client.listen(12.0)
    assert (answer.data, answer.destination) == (vectors.R22_SWITCHED_SLOT_1, CLIENT)
    assert [push.data for push in pushes] == [vectors.R17_PUSH_ON] * 4
    assert [push.destination for push in pushes] == [CLOUD, CLIENT, CLOUD, CLIENT]
    assert 0.011 <= pushes[1].at - answer.at <= 0.031
    assert 0.050 <= pushes[3].at - pushes[1].at <= 0.057
    assert pushes[0].at - answer.at > 0.0
    assert pushes[1].at - pushes[0].at == pytest.approx(0.008)


@pytest.mark.parametrize("seed", SEEDS)
def test_d4_an_expired_subscription_is_met_with_silence(seed: int) -> None:
    """C4 f2687-2731: silence four times, search, lost subscribe, and then all is well."""
    client = client_of(seed=seed)
    client.subscribe(at=3433.9 - 1.0)
    for data, at in (
        (R23_KEEP_ALIVE, 3746.21),
        (R23_KEEP_ALIVE, 3748.08),
        (R15_SWITCH_ON, 3765.74),
        (R15_SWITCH_ON, 3767.55),
    ):
        assert client.ask(data, at) == []
    first = _search(client, 3768.77)
    client.say(R12_SUBSCRIBE, first + 0.07)
    client.listen(3770.0)
    _check_burst(client, first)
    assert client.plug.counters.dropped == {Drop.NOT_SUBSCRIBED: 4, Drop.DEAF: 1}
    assert client.ask(R12_SUBSCRIBE, 3770.66) == [vectors.R13_SUBSCRIBED_OFF]
    switched = [vectors.R16_SWITCHED, vectors.R17_PUSH_ON, vectors.R17_PUSH_ON]
    assert client.ask(R15_SWITCH_ON, 3773.0) == switched
