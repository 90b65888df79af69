"""What plugs send without being asked."""

from itertools import pairwise

import pytest

from . import vectors
from .client import Client, Heard
from .parameters import Parameters
from .plug import Plug
from .vectors import ADDRESS, MAC

DAY = 86400.0


def _runs(heard: list[Heard]) -> list[list[Heard]]:
    """Split into groups with more than ten seconds between them."""
    runs = [[heard[0]]]
    for before, after in pairwise(heard):
        if after.at - before.at > 10.0:
            runs.append([])
        runs[-1].append(after)
    return runs


def _client(seed: int = 0, parameters: Parameters | None = None) -> Client:
    return Client(Plug(ADDRESS, MAC, parameters, seed=seed, broadcast="10.0.0.255"))


@pytest.mark.parametrize("seed", range(5))
def test_a_plug_announces_itself_21_times_after_joining(seed: int) -> None:
    """The first one 0.7 s after it has an address, the whole run in about 63 s (protocol 3.2)."""
    client = _client(seed)
    client.listen(100.0)
    client.plug.plug_in(100.0)
    assert not client.plug.online
    run = _runs(client.listen(170.0))[0]
    assert len(run) == 21
    assert 103.71 <= run[0].at <= 103.78
    gaps = [after.at - before.at for before, after in pairwise(run)]
    assert sum(gaps) == pytest.approx(63.3, abs=0.8)
    assert 3.12 <= min(gaps) < 3.15
    assert 3.19 < max(gaps) <= 3.22
    assert {heard.destination for heard in run} == {("10.0.0.255", 10000)}
    assert {heard.data[:6] for heard in run} == {vectors.R02_FOUND[:6]}


@pytest.mark.parametrize("seed", range(5))
def test_further_runs_come_every_600_seconds_from_a_timer_of_their_own(seed: int) -> None:
    """The first of them 75 to 580 s after joining."""
    client = _client(seed)
    client.plug.plug_in(0.0)
    first, *others = _runs(client.listen(DAY))
    starts = [run[0].at for run in others]
    assert 75.0 <= starts[0] - first[0].at <= 580.0
    assert all(after - before == pytest.approx(600.1) for before, after in pairwise(starts))
    assert all(len(run) == 21 for run in others[:-1])
    assert len(others) in (143, 144)


def test_joining_anew_does_not_disturb_the_timer_of_the_runs() -> None:
    """There is one run more, nothing else."""
    client, moved = _client(), _client()
    moved.listen(1000.0)
    moved.plug.move("10.0.0.99", 1000.0)
    moved.listen(4000.0)
    starts = {round(run[0].at) for run in _runs(client.listen(4000.0))}
    moved_starts = {round(run[0].at) for run in _runs(moved.heard)}
    assert moved_starts - starts == {1001}
    assert starts <= moved_starts


def test_announcements_carry_the_present_state() -> None:
    """They are not sent because it changes, though."""
    client = _client()
    client.plug.rejoin(0.0)
    client.listen(10.0)
    client.plug.press(10.0)
    client.listen(18.0)
    assert [heard.data[-1] for heard in client.heard] == [0, 0, 0, 1, 1, 1]


def test_whether_a_locked_plug_announces_itself_is_a_parameter() -> None:
    """Unknown on real ones."""
    for announces in (False, True):
        client = _client(parameters=Parameters(announces_when_locked=announces))
        client.plug.lock(0.0)
        client.plug.rejoin(0.0)
        assert bool(client.listen(60.0)) is announces


def test_ntp_is_asked_without_end_until_it_answers() -> None:
    """From port 10000; the answer sets the clock and gives half an hour of peace."""
    client = _client(parameters=Parameters(ntp=True, announce_copies=0))
    client.plug.plug_in(0.0)
    asked = [heard for heard in client.listen(60.0) if heard.destination == ("17.171.4.36", 123)]
    assert all(len(heard.data) == 48 for heard in asked)
    assert all(after.at - before.at == pytest.approx(1.54) for before, after in pairwise(asked))
    client.say(vectors.T10_NTP_ANSWER, 60.0, source=("17.171.4.36", 123))
    assert client.plug.appliance.clock.field(60.0) == 0xDA57857E - 1
    assert client.listen(1859.0) == []
    assert len(client.listen(1861.0)) == 1
