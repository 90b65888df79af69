"""Table 3 and the clock it runs by."""

from datetime import datetime

import pytest

from . import vectors
from .client import Client, client_of
from .clock import ClockMode
from .parameters import Parameters
from .timers import Timer
from .vectors import R17_PUSH_ON, R20_PUSH_OFF, R26_READ_INDEX, X58_READ_TIMERS
from .wire import PORT, Datagram

WEEKDAYS_0730 = Timer(vectors.X59_ADD_WEEKDAYS_0730_ON[27:])
MONDAY_WEDNESDAY = Timer(vectors.X61_MODIFY_FE70[27:])
ONCE = Timer(vectors.X60_ADD_ONCE_OFF[27:])


def _unix(when: str) -> float:
    return datetime.fromisoformat(f"{when}Z").timestamp()


def _at(when: str) -> datetime:
    return datetime.fromisoformat(when)


def _client(unix: float, zone: int = 0, parameters: Parameters | None = None) -> Client:
    """Return a client at moment 10 with a plug whose clock is right, and a timer table to fill."""
    client = client_of(parameters or Parameters(clock_drift=0.0))
    client.plug.settings.set_zone(zone)
    client.subscribe(0.0)
    client.plug.set_clock(unix, 10.0)
    return client


def _switched(client: Client, until: float) -> list[tuple[float, bool]]:
    """Keep the subscription alive and return moment and state of every switching."""
    switched: list[tuple[float, bool]] = []
    at = 100.0
    while at < until:
        heard = client.listen(at)
        pushes = [it for it in heard if it.data in (R17_PUSH_ON, R20_PUSH_OFF)]
        switched += [(push.at, push.data == R17_PUSH_ON) for push in pushes[::2]]
        client.plug.receive(Datagram(vectors.R12_SUBSCRIBE, vectors.CLIENT, ("", PORT)), at)
        at += 250.0
    return switched


def test_a_timer_of_weekdays_knows_its_days() -> None:
    """Monday is the lowest bit."""
    assert WEEKDAYS_0730.next_after(_at("2026-01-01 07:29:59")) == _at("2026-01-01 07:30")
    assert WEEKDAYS_0730.next_after(_at("2026-01-01 07:30")) == _at("2026-01-02 07:30")
    assert WEEKDAYS_0730.next_after(_at("2026-01-02 08:00")) == _at("2026-01-05 07:30")
    assert MONDAY_WEDNESDAY.next_after(_at("2026-01-01 00:00")) == _at("2026-01-05 18:34:06")
    assert MONDAY_WEDNESDAY.next_after(_at("2026-01-06 00:00")) == _at("2026-01-07 18:34:06")


def test_a_timer_without_repeat_fires_on_its_date_only() -> None:
    """2016-12-24 18:00:00."""
    assert ONCE.next_after(_at("2016-01-01 00:00")) == _at("2016-12-24 18:00")
    assert ONCE.next_after(_at("2016-12-24 18:00")) is None


@pytest.mark.parametrize("field", [22, 23, 24, 25, 26])
def test_a_timer_of_nonsense_never_fires(field: int) -> None:
    """Month, day, hour, minute or second 255; only the time matters to a weekly one."""
    for timer in (ONCE, WEEKDAYS_0730):
        broken = Timer(timer.record[:field] + b"\xff" + timer.record[field + 1 :])
        never = not timer.is_weekly or field >= 24
        assert (broken.next_after(_at("2016-01-01 00:00")) is None) is never


def test_timers_are_added_modified_and_deleted_and_counted() -> None:
    """Table 3 is listed in table 1 as long as there are any."""
    client = _client(_unix("2026-01-01 00:00"))
    written = [vectors.R39_WRITTEN]
    assert client.ask(vectors.X59_ADD_WEEKDAYS_0730_ON, 20.0) == written
    assert client.ask(vectors.X60_ADD_ONCE_OFF, 30.0) == written
    (index,) = client.ask(R26_READ_INDEX, 40.0)
    assert index[28:] == bytes.fromhex("06000400040001000600030003000200")
    (timers,) = client.ask(X58_READ_TIMERS, 50.0)
    assert timers[23:28] == bytes.fromhex("0300010000")
    assert timers[28:] == (vectors.X59_ADD_WEEKDAYS_0730_ON[25:] + vectors.X60_ADD_ONCE_OFF[25:])
    delete = bytes.fromhex("6864001b746daccf2335e6aa20202020202000000000030002")
    assert client.ask(delete + b"\x01\x00", 60.0) == written
    assert client.ask(delete + b"\x02\x00", 70.0) == written
    assert len(client.ask(R26_READ_INDEX, 80.0)[0]) == 36
    assert client.plug.appliance.versions[3] == 4


def test_what_cannot_be_done_to_timers_gets_silence() -> None:
    """Unknown codes, a code twice, and one timer too many."""
    client = _client(_unix("2026-01-01 00:00"), parameters=Parameters(max_timers=1))
    assert client.ask(vectors.X61_MODIFY_FE70, 20.0) == []
    assert client.ask(vectors.X62_DELETE_4F37, 30.0) == []
    assert client.ask(vectors.X59_ADD_WEEKDAYS_0730_ON, 40.0) == [vectors.R39_WRITTEN]
    assert client.ask(vectors.X59_ADD_WEEKDAYS_0730_ON, 50.0) == []
    assert client.ask(vectors.X60_ADD_ONCE_OFF, 60.0) == []
    assert client.plug.appliance.versions[3] == 1


def test_the_published_timer_table_is_reproduced() -> None:
    """R31 and R28: two timers whose names are binary junk."""
    client = _client(_unix("2026-01-01 00:00"), parameters=Parameters(cloud_connected=True))
    for record in (vectors.R31_TIMERS[30:58], vectors.R31_TIMERS[60:88]):
        client.plug.appliance.add_timer(record, 20.0)
    (timers,) = client.ask(X58_READ_TIMERS, 30.0)
    assert timers[23:] == vectors.R31_TIMERS[23:]
    client.plug.appliance.versions = {4: 23, 3: 2}
    (index,) = client.ask(R26_READ_INDEX, 40.0)
    assert index[23:] == vectors.R28_INDEX_WITH_TIMERS[23:]


def test_a_weekly_timer_fires_by_the_plugs_own_local_time() -> None:
    """Zone +1: 07:30 there is 06:30 UTC; Friday, then Monday."""
    client = _client(_unix("2026-01-02 06:00"), zone=1)
    client.plug.appliance.add_timer(WEEKDAYS_0730.record, 10.0)
    switched = _switched(client, 3.2 * 86400)
    assert [power for _, power in switched] == [True, True]
    friday, monday = (at for at, _ in switched)
    assert friday == pytest.approx(10.0 + 1800.0, abs=0.011)
    assert monday == pytest.approx(10.0 + 1800.0 + 3 * 86400, abs=0.011)


def test_a_wrong_zone_or_clock_makes_it_fire_at_the_wrong_moment() -> None:
    """The factory zone is +8."""
    client = _client(_unix("2026-01-02 06:00"), zone=8)
    client.plug.appliance.add_timer(WEEKDAYS_0730.record, 10.0)
    assert _switched(client, 10000.0) == []
    client.plug.set_clock(_unix("2026-01-01 23:29:50"), 10000.0)
    ((at, _),) = _switched(client, 10500.0)
    assert at == pytest.approx(10010.0, abs=0.011)


def test_a_timer_for_once_fires_once_and_is_gone() -> None:
    """Or stays, which is unknown."""
    for stays in (False, True):
        client = _client(
            _unix("2016-12-24 17:59"),
            parameters=Parameters(clock_drift=0.0, keeps_fired_timers=stays),
        )
        client.plug.relay = True
        client.plug.appliance.add_timer(ONCE.record, 10.0)
        assert [power for _, power in _switched(client, 1000.0)] == [False]
        assert len(client.plug.appliance.timers) == stays


def test_nothing_fires_while_the_clock_stands_or_was_never_set() -> None:
    """A running clock that was never set may be obeyed, by parameter."""
    for mode, needs, fired in (
        (ClockMode.FROZEN, True, 0),
        (ClockMode.FROZEN, False, 0),
        (ClockMode.FROM_2000, True, 0),
        (ClockMode.FROM_2000, False, 1),
    ):
        parameters = Parameters(clock_mode=mode, timers_need_set_clock=needs, clock_drift=0.0)
        client = client_of(parameters)
        client.plug.settings.set_zone(0)
        client.plug.appliance.add_timer(MONDAY_WEDNESDAY.record, 0.0)
        client.subscribe(0.0)
        assert len(_switched(client, 3 * 86400.0)) == fired  # 2000-01-03 was a Monday


def test_a_drifting_clock_fires_late_or_early() -> None:
    """One in a thousand too fast: 1.8 s early after half an hour."""
    client = _client(_unix("2026-01-02 07:00"), parameters=Parameters(clock_drift=0.001))
    client.plug.appliance.add_timer(WEEKDAYS_0730.record, 10.0)
    ((at, _),) = _switched(client, 3000.0)
    assert at == pytest.approx(10.0 + 1800.0 - 1.8, abs=0.02)


def test_timers_survive_a_power_cut_and_the_rollover() -> None:
    """After 2036 the date is wrong, here 1900-01-01, a Monday."""
    client = client_of(Parameters(clock_mode=ClockMode.ROLLOVER, clock_drift=0.0, join_time=0.0))
    client.plug.settings.set_zone(0)
    client.plug.appliance.add_timer(MONDAY_WEDNESDAY.record, 0.0)
    client.plug.plug_in(0.0)
    client.subscribe(20.0)
    ((at, _),) = _switched(client, 80000.0)
    assert at == pytest.approx(60.0 + 18 * 3600 + 34 * 60 + 6, abs=0.011)
