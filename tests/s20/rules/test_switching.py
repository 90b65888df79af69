"""What proves a command: the table alone, and then against a device, a network and rivals."""

from collections.abc import Callable
from itertools import count, product

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
import pytest

from custom_components.orvibo_s20.s20.rules.outstanding import Outstanding
from custom_components.orvibo_s20.s20.rules.pacing import REQUEST_GAP
from custom_components.orvibo_s20.s20.rules.relay import Relay
from custom_components.orvibo_s20.s20.rules.switching import Event, State, Switching, after

CHANGES = {
    (State.WAITING, Event.SEND): State.SENT,
    (State.WAITING, Event.SEND_IN_HASTE): State.SENT_IN_HASTE,
    (State.WAITING, Event.REFUSAL): State.REFUSED,
    (State.SENT, Event.ACKNOWLEDGEMENT): State.ACCEPTED,
    (State.SENT, Event.PUSH): State.PROVED,
    (State.SENT, Event.ANSWER): State.PROVED,
    (State.SENT, Event.REFUSAL): State.REFUSED,
    (State.SENT_IN_HASTE, Event.ANSWER): State.PROVED,
    (State.SENT_IN_HASTE, Event.REFUSAL): State.REFUSED,
    (State.ACCEPTED, Event.PUSH): State.PROVED,
    (State.ACCEPTED, Event.LATE_PUSH): State.PROVED,
    (State.ACCEPTED, Event.ANSWER): State.PROVED,
    (State.ACCEPTED, Event.FOREIGN_PUSH): State.OVERRULED,
    (State.ACCEPTED, Event.REFUSAL): State.REFUSED,
}


@pytest.mark.parametrize(("state", "event"), product(State, Event))
def test_the_table(state: State, event: Event) -> None:
    assert after(state, event) is CHANGES.get((state, event), state)


def test_an_end_is_the_end() -> None:
    ends = {state for state in State if state.is_end}
    assert ends == {State.PROVED, State.OVERRULED, State.REFUSED}
    assert all(after(state, event) is state for state, event in product(ends, Event))


def sent(power: bool = True, *, now: float = 100.0) -> tuple[Switching, Relay]:
    """Return a command that has just left, and what is known of the relay."""
    relay = Relay()
    switching = Switching(power, relay)
    switching.on_sent(now)
    return switching, relay


def push(switching: Switching, relay: Relay, power: bool, now: float) -> None:
    """Have the device push a state."""
    switching.on_push(power, now, has_changed=relay.on_push(power, now))


def answer(switching: Switching, relay: Relay, power: bool, asked_at: float, now: float) -> None:
    """Have the device answer a subscribe request."""
    relay.on_answer(power, asked_at, now)
    switching.on_answer(power, 0, asked_at, now)


def test_a_push_of_the_wanted_state_proves_it() -> None:
    switching, relay = sent()
    push(switching, relay, power=True, now=100.03)
    assert switching.state is State.PROVED


def test_before_power_has_left_nothing_is_about_it() -> None:
    relay = Relay()
    switching = Switching(True, relay)
    push(switching, relay, power=True, now=100.0)
    answer(switching, relay, power=True, asked_at=99.9, now=100.1)
    assert switching.state is State.WAITING


def test_an_acknowledgement_proves_nothing() -> None:
    switching, _ = sent()
    switching.on_acknowledged(0, 100.0, 100.02)
    assert switching.state is State.ACCEPTED


def test_what_was_asked_before_power_left_proves_nothing() -> None:
    switching, relay = sent()
    answer(switching, relay, power=True, asked_at=99.99, now=100.02)
    assert switching.state is State.SENT
    answer(switching, relay, power=True, asked_at=100.05, now=100.07)
    assert switching.state is State.PROVED


def test_an_answer_that_a_push_contradicts_proves_nothing() -> None:
    switching, relay = sent()
    relay.on_push(power=False, now=100.06)
    answer(switching, relay, power=True, asked_at=100.05, now=100.07)
    assert switching.state is State.SENT


def test_the_acknowledgement_of_an_earlier_command_is_not_its_own() -> None:
    """So a push of the other state is the late work of that command, not somebody else's hand."""
    switching, relay = sent()
    switching.on_acknowledged(0, 99.5, 100.02)
    push(switching, relay, power=False, now=103.0)
    assert switching.state is State.SENT


def test_an_error_in_an_answer_refuses_it() -> None:
    switching, _ = sent()
    switching.on_acknowledged(1, 100.0, 100.02)
    assert (switching.state, switching.result) == (State.REFUSED, 1)


def test_somebody_else_who_switches_back_is_not_fought() -> None:
    switching, relay = sent()
    switching.on_acknowledged(0, 100.0, 100.02)
    push(switching, relay, power=False, now=100.04)
    assert switching.state is State.OVERRULED


def test_right_behind_a_command_to_the_contrary_a_push_has_to_be_news() -> None:
    switching, relay = sent(power=False)
    push(switching, relay, power=False, now=100.02)
    switching = Switching(True, relay)
    switching.on_sent(100.1)
    push(switching, relay, power=True, now=100.12)
    assert switching.state is State.SENT  # it may be that of an earlier command
    switching.on_acknowledged(0, 100.1, 100.13)
    push(switching, relay, power=False, now=100.4)
    push(switching, relay, power=True, now=100.7)
    assert switching.state is State.PROVED


def test_of_on_off_on_in_haste_the_third_is_proved_by_an_answer_only() -> None:
    switching, relay = sent()
    for power, now in ((False, 100.06), (True, 100.12)):
        switching = Switching(power, relay)
        switching.on_sent(now)
    switching.on_acknowledged(0, 100.12, 100.13)  # perhaps that of off
    push(switching, relay, power=True, now=100.14)  # that of the first on
    assert switching.state is State.SENT_IN_HASTE
    answer(switching, relay, power=True, asked_at=100.17, now=100.19)
    assert switching.state is State.PROVED


JITTER = st.sampled_from([0.0, 0.004, 0.02, 0.045])  # s; what overtakes what within
DELAY = st.sampled_from([0.0, 0.03, 0.1, 0.25])  # s; for all on the way, one after the other
LONG = st.sampled_from([0.005, 0.01, 0.02, 0.05, 0.06, 0.1, 0.3, 1.0, 2.5])
RECENT = 1.0  # s, in which a report of what somebody else undid may still be under way


class House(RuleBasedStateMachine):
    """A device, a network that loses, delays and reorders, our commands, and somebody's finger."""

    @initialize(power=st.booleans())
    def begin(self, power: bool) -> None:
        """Start with a relay in any state."""
        self.now = 100.0
        self.power = power  # of the relay itself
        self.meddled_at = 0.0
        self.obeys = True
        self.busy_until = self.said_at = 0.0
        self.there = self.back = self.jitter = 0.0
        self.relay = Relay()
        self.outstanding = Outstanding()
        self.switching: Switching | None = None
        self.numbers = count()
        self.agenda: list[tuple[float, int, Callable[[], None]]] = []

    @rule(powers=st.lists(st.booleans(), min_size=1, max_size=4), lost=st.sets(st.integers(0, 3)))
    def click(self, powers: list[bool], lost: set[int]) -> None:
        """Command one or several times in haste; each overtakes what is under way."""
        for number, power in enumerate(powers):
            self.switching = Switching(power, self.relay)
            self.send(is_lost=number in lost)

    @precondition(lambda self: self.switching is not None and not self.switching.state.is_end)
    @rule(is_lost=st.booleans())
    def send(self, is_lost: bool) -> None:
        """Have power leave, for the first time or again."""
        if self.switching is None:
            return  # proved meanwhile
        power = self.switching.power
        self.switching.on_sent(self.now)
        self.outstanding.on_sent("power", self.now)
        if not is_lost:
            self.reach_device(lambda: self.be_told(power))
        self.pass_time(REQUEST_GAP)

    @rule(is_lost=st.booleans())
    def ask(self, is_lost: bool) -> None:
        """Have a subscribe request leave."""
        self.outstanding.on_sent("state", self.now)
        if not is_lost:
            self.reach_device(lambda: self.say(0.0, self.hear_answer))
        self.pass_time(REQUEST_GAP)

    @rule(there=DELAY, back=DELAY, jitter=JITTER)
    def slow_down(self, there: float, back: float, jitter: float) -> None:
        """Change what the network is like."""
        self.there, self.back, self.jitter = there, back, jitter

    @rule(obeys=st.booleans())
    def stick(self, obeys: bool) -> None:
        """Let the relay stick: the device acknowledges commands and does not carry them out."""
        self.obeys = obeys

    @rule()
    def press(self) -> None:
        """Press the button."""
        self.meddled_at = self.now
        self.switch(not self.power)

    @rule(seconds=LONG)
    def pass_time(self, seconds: float) -> None:
        """Let everything happen that is due by then."""
        end = self.now + seconds
        while self.agenda and min(self.agenda)[0] <= end:
            due = min(self.agenda)
            self.agenda.remove(due)
            self.now = due[0]
            due[2]()
        self.now = end

    @rule(keep=st.booleans())
    def lose_what_is_under_way(self, keep: bool) -> None:
        """Lose every other datagram, beginning with the first or with the second."""
        self.agenda = sorted(self.agenda)[int(keep) :: 2]

    @invariant()
    def what_is_proved_is_true(self) -> None:
        """See that the relay is as wanted, unless somebody has just been at it."""
        if self.switching is not None and self.switching.state is State.PROVED:
            switching, self.switching = self.switching, None
            is_alone = self.now - self.meddled_at > RECENT
            assert not is_alone or self.power is switching.power

    def plan(self, at: float, deed: Callable[[], None]) -> None:
        self.agenda.append((at, next(self.numbers), deed))

    def reach_device(self, deed: Callable[[], None]) -> None:
        """Have a request carried out: one after the other, in the order in which they left."""
        self.busy_until = max(self.busy_until, self.now + self.there) + 0.004
        self.plan(self.busy_until, deed)

    def be_told(self, power: bool) -> None:
        """Acknowledge a command, and carry it out unless the relay sticks."""
        self.say(0.0, lambda _: self.hear_acknowledgement())
        if self.obeys:
            self.switch(power)

    def switch(self, power: bool) -> None:
        self.power = power
        for delay in (0.007, 0.052):
            self.say(delay, self.hear_push)

    def say(self, delay: float, hear: Callable[[bool], None]) -> None:
        """Have a report of the state of now arrive later; it overtakes others by the jitter."""
        power = self.power
        self.said_at = max(self.said_at, self.now + delay + self.back)
        every_other = self.jitter * (next(self.numbers) % 2)
        self.plan(self.said_at + every_other, lambda: hear(power))

    def hear_acknowledgement(self) -> None:
        asked_at, _ = self.outstanding.on_answered("power", self.now)
        if self.switching is not None:
            self.switching.on_acknowledged(0, asked_at, self.now)

    def hear_push(self, power: bool) -> None:
        has_changed = self.relay.on_push(power, self.now)
        if self.switching is not None:
            self.switching.on_push(power, self.now, has_changed=has_changed)
            self.what_is_proved_is_true()

    def hear_answer(self, power: bool) -> None:
        asked_at, _ = self.outstanding.on_answered("state", self.now)
        self.relay.on_answer(power, asked_at, self.now)
        if self.switching is not None:
            self.switching.on_answer(power, 0, asked_at, self.now)
            self.what_is_proved_is_true()


TestHouse = House.TestCase
TestHouse.settings = settings(
    derandomize=True, max_examples=200, stateful_step_count=30, deadline=None
)
