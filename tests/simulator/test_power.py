"""Power cuts, Wi-Fi loss and moving: what is forgotten and what is not."""

from . import vectors
from .client import Client, client_of
from .parameters import AfterPowerCut, Parameters
from .plug import Plug
from .vectors import ADDRESS, MAC, R12_SUBSCRIBE, R17_PUSH_ON, R23_KEEP_ALIVE, R26_READ_INDEX
from .wire import Drop


def test_an_unplugged_plug_is_silent_and_its_button_dead() -> None:
    """It does not even have a relay to toggle."""
    client = client_of()
    client.subscribe(0.0)
    client.plug.unplug(10.0)
    client.plug.press(11.0)
    assert client.ask(R23_KEEP_ALIVE, 12.0) == []
    assert client.ask(vectors.R01_SEARCH_ALL, 20.0) == []
    assert client.plug.due() is None
    assert not client.plug.relay
    assert client.plug.counters.dropped == {Drop.OFFLINE: 2}


def test_after_a_power_cut_it_joins_announces_itself_and_knows_nobody() -> None:
    """Three seconds from power to address are a guess."""
    client = Client(Plug(ADDRESS, MAC, broadcast="10.0.0.255"))
    client.subscribe(0.0)
    client.plug.plug_in(10.0)
    assert client.ask(R12_SUBSCRIBE, 11.0) == []
    assert client.plug.online
    announcements = client.listen(30.0)
    assert {heard.destination for heard in announcements} == {("10.0.0.255", 10000)}
    assert b"hb" not in {answer[4:6] for answer in client.ask(R23_KEEP_ALIVE, 31.0)}
    assert client.plug.counters.dropped[Drop.NOT_SUBSCRIBED] == 1


def test_the_relay_after_a_power_cut_is_a_parameter() -> None:
    """Off on the only cold boot that was captured."""
    for setting, before, after in (
        (AfterPowerCut.OFF, True, False),
        (AfterPowerCut.ON, False, True),
        (AfterPowerCut.LAST, True, True),
        (AfterPowerCut.LAST, False, False),
    ):
        client = client_of()
        client.plug.parameters.relay_after_power_cut = setting
        client.plug.relay = before
        client.plug.plug_in(10.0)
        assert client.plug.relay is after


def test_settings_timers_and_their_counters_survive_a_power_cut() -> None:
    """They are in flash memory."""
    client = client_of()
    client.subscribe(0.0)
    client.ask(vectors.R37_RENAME, 10.0)
    client.ask(vectors.X59_ADD_WEEKDAYS_0730_ON, 20.0)
    (before,) = client.ask(R26_READ_INDEX, 30.0)
    client.plug.plug_in(40.0)
    client.listen(200.0)
    client.subscribe(200.0)
    assert client.ask(R26_READ_INDEX, 210.0) == [before]
    assert client.plug.settings.name == b"neworbivo12346  "


def test_without_wifi_the_button_works_and_nobody_hears_of_it() -> None:
    """Joining anew, it has forgotten its subscribers but not its state."""
    client = client_of()
    client.subscribe(0.0)
    client.plug.leave_network(10.0)
    client.plug.press(11.0)
    assert client.ask(R23_KEEP_ALIVE, 12.0) == []
    client.plug.rejoin(20.0)
    assert client.plug.relay
    client.listen(100.0)
    assert client.ask(R23_KEEP_ALIVE, 100.0) == []
    assert client.ask(R12_SUBSCRIBE, 110.0) == [vectors.R14_SUBSCRIBED_ON]


def test_a_moved_plug_speaks_from_its_new_address() -> None:
    """At once by announcing itself, and then in its answers."""
    client = client_of()
    client.plug.move("10.0.0.99", 10.0)
    client.subscribe(100.0)
    client.plug.press(110.0)
    (push, _) = client.plug.advance(111.0)
    assert push.data == R17_PUSH_ON
    assert push.source == ("10.0.0.99", 10000)


def test_moving_ends_a_burst() -> None:
    """No copy comes from the new address."""
    client = client_of()
    client.say(vectors.R01_SEARCH_ALL, 0.0)
    middle = (client.plug.due() or 0.0) + 0.05
    client.listen(middle)
    client.plug.move("10.0.0.99", middle)
    client.listen(middle + 0.5)
    assert len(client.heard) in (3, 4)


def test_an_answer_that_was_being_worked_on_is_lost_with_the_power() -> None:
    """And so is what was waiting."""
    client = client_of()
    client.subscribe(0.0)
    client.say(R23_KEEP_ALIVE, 10.0)
    client.say(R26_READ_INDEX, 10.001)
    client.plug.unplug(10.002)
    client.plug.plug_in(10.003)
    assert [heard for heard in client.listen(13.0) if heard.destination == vectors.CLIENT] == []


def test_subscribers_can_be_forgotten_for_no_reason() -> None:
    """The next keep-alive is met with silence."""
    client = client_of()
    client.subscribe(0.0)
    client.plug.forget_subscribers()
    assert client.ask(R23_KEEP_ALIVE, 10.0) == []


def test_a_driver_is_told_when_a_control_was_used() -> None:
    """It has to look at due() again."""
    plug = Plug(ADDRESS, MAC, Parameters())
    told: list[float | None] = []
    plug.on_control = lambda: told.append(plug.due())
    plug.unplug(1.0)
    plug.plug_in(2.0)
    assert told[0] is None
    assert told[-1] == 5.0
