"""Power cuts, Wi-Fi loss and moving: what is forgotten and what is not."""

from . import vectors
from .parameters import AfterPowerCut, Parameters
from .plug import Plug
from .talk import Talk, talk_to
from .vectors import ADDRESS, MAC, R12_SUBSCRIBE, R17_PUSH_ON, R23_KEEP_ALIVE, R26_READ_INDEX
from .wire import Drop


def test_an_unplugged_plug_is_silent_and_its_button_dead() -> None:
    """It does not even have a relay to toggle."""
    talk = talk_to()
    talk.subscribe(0.0)
    talk.plug.unplug(10.0)
    talk.plug.press(11.0)
    assert talk.ask(R23_KEEP_ALIVE, 12.0) == []
    assert talk.ask(vectors.R01_SEARCH_ALL, 20.0) == []
    assert talk.plug.due() is None
    assert not talk.plug.relay
    assert talk.plug.counters.dropped == {Drop.OFFLINE: 2}


def test_after_a_power_cut_it_joins_announces_itself_and_knows_nobody() -> None:
    """Three seconds from power to address are a guess."""
    talk = Talk(Plug(ADDRESS, MAC, broadcast="10.0.0.255"))
    talk.subscribe(0.0)
    talk.plug.plug_in(10.0)
    assert talk.ask(R12_SUBSCRIBE, 11.0) == []
    assert talk.plug.online
    announcements = talk.listen(30.0)
    assert {heard.destination for heard in announcements} == {("10.0.0.255", 10000)}
    assert b"hb" not in {answer[4:6] for answer in talk.ask(R23_KEEP_ALIVE, 31.0)}
    assert talk.plug.counters.dropped[Drop.NOT_SUBSCRIBED] == 1


def test_the_relay_after_a_power_cut_is_a_parameter() -> None:
    """Off on the only cold boot that was captured."""
    for setting, before, after in (
        (AfterPowerCut.OFF, True, False),
        (AfterPowerCut.ON, False, True),
        (AfterPowerCut.LAST, True, True),
        (AfterPowerCut.LAST, False, False),
    ):
        talk = talk_to()
        talk.plug.parameters.relay_after_power_cut = setting
        talk.plug.relay = before
        talk.plug.plug_in(10.0)
        assert talk.plug.relay is after


def test_settings_timers_and_their_counters_survive_a_power_cut() -> None:
    """They are in flash memory."""
    talk = talk_to()
    talk.subscribe(0.0)
    talk.ask(vectors.R37_RENAME, 10.0)
    talk.ask(vectors.X59_ADD_WEEKDAYS_0730_ON, 20.0)
    (before,) = talk.ask(R26_READ_INDEX, 30.0)
    talk.plug.plug_in(40.0)
    talk.listen(200.0)
    talk.subscribe(200.0)
    assert talk.ask(R26_READ_INDEX, 210.0) == [before]
    assert talk.plug.settings.name == b"neworbivo12346  "


def test_without_wifi_the_button_works_and_nobody_hears_of_it() -> None:
    """Joining anew, it has forgotten its subscribers but not its state."""
    talk = talk_to()
    talk.subscribe(0.0)
    talk.plug.leave_network(10.0)
    talk.plug.press(11.0)
    assert talk.ask(R23_KEEP_ALIVE, 12.0) == []
    talk.plug.rejoin(20.0)
    assert talk.plug.relay
    talk.listen(100.0)
    assert talk.ask(R23_KEEP_ALIVE, 100.0) == []
    assert talk.ask(R12_SUBSCRIBE, 110.0) == [vectors.R14_SUBSCRIBED_ON]


def test_a_moved_plug_speaks_from_its_new_address() -> None:
    """At once by announcing itself, and then in its answers."""
    talk = talk_to()
    talk.plug.move("10.0.0.99", 10.0)
    talk.subscribe(100.0)
    talk.plug.press(110.0)
    (push, _) = talk.plug.advance(111.0)
    assert push.data == R17_PUSH_ON
    assert push.source == ("10.0.0.99", 10000)


def test_moving_ends_a_burst() -> None:
    """No copy comes from the new address."""
    talk = talk_to()
    talk.say(vectors.R01_SEARCH_ALL, 0.0)
    middle = (talk.plug.due() or 0.0) + 0.05
    talk.listen(middle)
    talk.plug.move("10.0.0.99", middle)
    talk.listen(middle + 0.5)
    assert len(talk.heard) in (3, 4)


def test_an_answer_that_was_being_worked_on_is_lost_with_the_power() -> None:
    """And so is what was waiting."""
    talk = talk_to()
    talk.subscribe(0.0)
    talk.say(R23_KEEP_ALIVE, 10.0)
    talk.say(R26_READ_INDEX, 10.001)
    talk.plug.unplug(10.002)
    talk.plug.plug_in(10.003)
    assert [heard for heard in talk.listen(13.0) if heard.destination == vectors.CLIENT] == []


def test_subscribers_can_be_forgotten_for_no_reason() -> None:
    """The next keep-alive is met with silence."""
    talk = talk_to()
    talk.subscribe(0.0)
    talk.plug.forget_subscribers()
    assert talk.ask(R23_KEEP_ALIVE, 10.0) == []


def test_a_driver_is_told_when_a_control_was_used() -> None:
    """It has to look at due() again."""
    plug = Plug(ADDRESS, MAC, Parameters())
    told: list[float | None] = []
    plug.on_control = lambda: told.append(plug.due())
    plug.unplug(1.0)
    plug.plug_in(2.0)
    assert told[0] is None
    assert told[-1] == 5.0
