"""One request at a time: order, queue, busy window, latencies, forced losses."""

from . import vectors
from .client import Client, client_of
from .latency import Uniform
from .parameters import Parameters
from .vectors import R12_SUBSCRIBE, R23_KEEP_ALIVE, R26_READ_INDEX, R30_READ_SETTINGS
from .wire import Drop


def _subscribed(parameters: Parameters | None = None, seed: int = 0) -> Client:
    client = client_of(parameters, seed=seed)
    client.subscribe(0.0)
    return client


def test_of_four_requests_in_a_row_three_are_answered_in_order() -> None:
    """One being worked on and two waiting (C1 458.52 s, C3 7361.02 s)."""
    client = _subscribed()
    for number, request in enumerate((R23_KEEP_ALIVE, R26_READ_INDEX, R30_READ_SETTINGS)):
        client.say(request, 10.0 + number * 0.001)
    client.say(R23_KEEP_ALIVE, 10.003)
    answers = [heard.data[4:6] for heard in client.listen(14.0)]
    assert answers == [b"hb", b"rt", b"rt"]
    assert client.plug.counters.dropped == {Drop.QUEUE_FULL: 1}


def test_just_after_a_subscribe_answer_nobody_is_heard() -> None:
    """6 ms by default, any other time by parameter."""
    for window, gap, heard in (
        (0.006, 0.005, False),
        (0.006, 0.007, True),
        (0.1, 0.09, False),
        (0, 0, True),
    ):
        client = client_of(Parameters(busy_window=window))
        client.say(R12_SUBSCRIBE, 0.0)
        answered_at = client.plug.due() or 0.0
        assert bool(client.ask(R23_KEEP_ALIVE, answered_at + gap)) is heard
        assert client.plug.counters.dropped[Drop.BUSY] == (0 if heard else 1)


def test_latencies_have_two_humps() -> None:
    """Three quarters within 100 ms with a median of 20 ms, the others up to 300 ms."""
    latencies = []
    for seed in range(400):
        client = client_of(Parameters(), seed=seed)
        client.subscribe(0.0)
        latencies.append(client.heard[-1].at)
    quick = sorted(latency for latency in latencies if latency < 0.1)
    assert min(latencies) >= 0.004
    assert max(latencies) <= 0.300
    assert 270 < len(quick) < 330
    assert 0.017 < quick[len(quick) // 2] < 0.023


def test_one_keep_alive_in_a_hundred_takes_up_to_1_2_seconds() -> None:
    """The longest one measured took 1166 ms."""
    client = _subscribed()
    slow = 0
    for number in range(1000):
        asked_at = 10.0 + number * 2.0
        client.say(R23_KEEP_ALIVE, asked_at)
        (answer,) = client.listen(asked_at + 1.9)
        slow += answer.at - asked_at > 0.3
    assert 2 <= slow <= 20


def test_writing_takes_longer_than_reading() -> None:
    """45 to 300 ms."""
    for seed in range(20):
        client = _subscribed(seed=seed)
        client.say(vectors.R37_RENAME, 10.0)
        (answer,) = client.listen(12.0)
        assert 0.045 <= answer.at - 10.0 <= 0.300


def test_the_next_requests_can_be_lost_on_demand() -> None:
    """Noise does not count as a request."""
    client = _subscribed()
    client.plug.lose_next(2)
    assert client.ask(vectors.T10_NTP_ANSWER, 5.0) == []
    assert client.ask(R23_KEEP_ALIVE, 10.0) == []
    assert client.ask(R12_SUBSCRIBE, 20.0) == []
    assert client.ask(R23_KEEP_ALIVE, 30.0) == [vectors.R24_KEPT_ALIVE]
    assert client.plug.counters.dropped == {Drop.NOT_HD: 1, Drop.FORCED: 2}


def test_parameters_may_change_while_it_runs() -> None:
    """A slow radio from now on."""
    client = _subscribed()
    client.plug.parameters.latency = Uniform(0.9, 0.9)
    client.say(R26_READ_INDEX, 10.0)
    assert [round(heard.at, 6) for heard in client.listen(12.0)] == [10.9]


def test_the_same_seed_gives_the_same_plug() -> None:
    """Datagram by datagram and moment by moment."""

    def history() -> list[object]:
        client = _subscribed(Parameters(announce_period=600.1), seed=7)
        client.ask(vectors.R15_SWITCH_ON, 10.0)
        client.ask(vectors.R01_SEARCH_ALL, 20.0)
        return list(client.heard)

    assert history() == history()


def test_everything_received_is_counted() -> None:
    """As are answers and pushes."""
    client = _subscribed()
    client.ask(vectors.R15_SWITCH_ON, 10.0)
    client.ask(vectors.X70_FOREIGN_MAC, 20.0)
    assert client.plug.counters.received == 3
    assert client.plug.counters.sent == 4
    assert client.plug.counters.dropped == {Drop.FOREIGN_MAC: 1}
