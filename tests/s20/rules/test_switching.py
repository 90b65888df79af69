"""What proves a command: the table alone, and then against a device, a network and rivals."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import count, cycle, product

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


def sent(
    power: bool = True, *, now: float = 100.0, relay: Relay | None = None
) -> tuple[Switching, Relay]:
    """Return a command that has just left, and what is known of the relay: nothing unless given."""
    relay = relay or Relay()
    switching = Switching(power, relay)
    switching.on_sent(now)
    return switching, relay


def push(switching: Switching, relay: Relay, power: bool, now: float) -> None:
    """Have the device push a state."""
    may_be_copy = relay.may_be_copy(power, now)
    has_changed = relay.on_push(power, now)
    switching.on_push(power, now, has_changed=has_changed, may_be_copy=may_be_copy)


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


def test_a_while_after_the_proof_of_the_command_before_a_push_is_proof() -> None:
    switching, relay = sent(power=True)
    push(switching, relay, power=True, now=100.02)
    switching, _ = sent(False, now=100.4, relay=relay)
    assert switching.early_time(100.4) == 0
    push(switching, relay, power=False, now=100.43)
    assert switching.state is State.PROVED


def test_right_behind_the_proof_of_the_command_before_a_push_is_none() -> None:
    """The push of on may be about a second try of the first on, late in a slow device."""
    switching, relay = sent(power=True)
    push(switching, relay, power=True, now=100.02)
    switching, _ = sent(False, now=100.4, relay=relay)
    switching.on_acknowledged(0, 100.4, 100.42)
    push(switching, relay, power=False, now=100.43)
    switching, _ = sent(True, now=100.5, relay=relay)
    assert switching.early_time(100.5) == pytest.approx(0.23)
    push(switching, relay, power=True, now=100.6)
    assert switching.state is State.SENT
    push(switching, relay, power=True, now=100.74)  # that is no longer so soon after the proof
    assert switching.state is State.PROVED


def test_the_push_of_a_press_does_not_say_how_far_the_commands_before_are() -> None:
    """In a slow device the second try of on, then off, then the next on wait, or find no room."""
    switching, relay = sent(power=True)
    switching.on_sent(100.15)
    push(switching, relay, power=True, now=100.2)
    switching, _ = sent(False, now=100.55, relay=relay)
    push(switching, relay, power=False, now=100.6)  # the button: nothing was acknowledged
    assert switching.state is State.PROVED
    switching, _ = sent(True, now=101.1, relay=relay)
    push(switching, relay, power=True, now=101.2)  # the second try of the first on
    assert switching.state is State.SENT


def test_a_push_before_any_acknowledgement_is_enough_if_no_try_can_be_waiting() -> None:
    """The acknowledgement of off is lost; that of the on before was not."""
    switching, relay = sent(power=True)
    relay.on_heard(100.0)
    push(switching, relay, power=True, now=100.2)
    switching, _ = sent(False, now=100.55, relay=relay)
    push(switching, relay, power=False, now=100.6)
    switching, _ = sent(True, now=101.1, relay=relay)
    push(switching, relay, power=True, now=101.2)
    assert switching.state is State.PROVED


def test_a_refusal_does_not_say_how_far_the_commands_before_are() -> None:
    switching, relay = sent(power=True)
    switching.on_acknowledged(1, 100.0, 100.02)
    switching, _ = sent(False, now=100.5, relay=relay)
    push(switching, relay, power=False, now=100.9)
    assert switching.state is State.SENT


def test_right_behind_an_overtaken_command_to_the_contrary_a_push_has_to_be_news() -> None:
    switching, relay = sent(power=False)
    switching, _ = sent(True, now=100.1, relay=relay)
    push(switching, relay, power=True, now=100.12)
    assert switching.state is State.SENT  # it may be that of an earlier command
    switching.on_acknowledged(0, 100.1, 100.13)
    push(switching, relay, power=False, now=100.4)
    push(switching, relay, power=True, now=100.7)
    assert switching.state is State.PROVED


def test_of_on_off_on_in_haste_the_third_is_proved_by_an_answer_only() -> None:
    switching, relay = sent()
    for power, now in ((False, 100.06), (True, 100.12)):
        switching, _ = sent(power, now=now, relay=relay)
    switching.on_acknowledged(0, 100.12, 100.13)  # perhaps that of off
    push(switching, relay, power=True, now=100.14)  # that of the first on
    assert switching.state is State.SENT_IN_HASTE
    answer(switching, relay, power=True, asked_at=100.17, now=100.19)
    assert switching.state is State.PROVED


@dataclass(frozen=True)
class Network:
    """How long everything takes, in seconds."""

    there: float
    back: float
    jitter: float  # of two reports behind each other the first may come so much later
    copy_after: float | None = None  # each report arrives twice


class Fate(Enum):
    """What becomes of a request; the value is how often it arrives."""

    LOST = 0
    ARRIVES = 1
    DOUBLED = 2


NETWORKS = (
    Network(there=0.0, back=0.0, jitter=0.045),
    Network(there=0.0, back=0.1, jitter=0.045),
    Network(there=0.25, back=0.25, jitter=0.0),
    Network(there=0.0, back=0.045, jitter=0.0, copy_after=0.045),
    Network(there=0.25, back=0.1, jitter=0.045, copy_after=0.045),
)
GAP = st.sampled_from([REQUEST_GAP, 0.06, 0.35])  # s, from one command to the next
LONG = st.sampled_from([0.05, 0.3, 1.0, 2.5])
FATE = st.sampled_from([Fate.ARRIVES, Fate.LOST, Fate.DOUBLED])
RECENT = 1.0  # s, in which a report of what somebody else undid may still be under way
_WORK = 0.004  # s, for each request inside the device
_PUSHES = (0.007, 0.052)  # s, after the switching
_NEAR = 0.05  # s, more than any jitter
_ECHO = 0.2  # s, in which the last copy of a push may come


class House(RuleBasedStateMachine):
    """A device, a network that loses, delays, copies and reorders, our commands, and rivals."""

    @initialize(network=st.sampled_from(NETWORKS), power=st.booleans(), is_known=st.booleans())
    def begin(self, network: Network, power: bool, is_known: bool) -> None:
        """Start with a relay in any state, which was heard of long ago or not at all."""
        self.now = 100.0
        self.power = power  # of the relay itself
        self.meddled_at = 0.0  # when somebody else last switched
        self.switched_at = (0.0, 0.0)  # when anybody did, and the time before
        self.obeys = True
        self.is_orderly = True  # nothing was lost since all was heard
        self.changes = self.known = 0  # of the relay; how many of them are known
        self.busy_until = self.said_at = 0.0
        self.network = network
        self.relay = Relay()
        self.outstanding = Outstanding()
        self.switching: Switching | None = None
        self.numbers, self.reports = count(), count()
        self.agenda: list[tuple[float, int, Callable[[], None]]] = []
        if is_known:
            self.relay.on_push(power, 0.0)

    # --- what we do ---

    @rule(power=st.booleans(), times=st.integers(1, 7), gap=GAP, fate=FATE, asks=st.booleans())
    def toggle(self, power: bool, times: int, gap: float, fate: Fate, *, asks: bool) -> None:
        """Command on, off, on ... in a row, each before the one behind; `fate` is of the last."""
        if asks:
            self.ask(Fate.ARRIVES)
        for _ in range(times - 1):
            self.command(power, Fate.ARRIVES)
            self.pass_time(gap - REQUEST_GAP)
            power = not power
        self.command(power, fate)

    @precondition(lambda self: self.switching is not None and not self.switching.state.is_end)
    @rule(fate=FATE)
    def send(self, fate: Fate) -> None:
        """Have power leave, for the first time or again."""
        if self.switching is None:
            return  # proved meanwhile
        power = self.switching.power
        self.switching.on_sent(self.now)
        self.outstanding.on_sent("power", self.now)
        self.reach_device(lambda: self.be_told(power), fate)
        self.pass_time(REQUEST_GAP)

    @rule(fate=FATE)
    def ask(self, fate: Fate) -> None:
        """Have a subscribe request leave."""
        self.outstanding.on_sent("state", self.now)
        self.reach_device(self.answer, fate)
        self.pass_time(REQUEST_GAP)

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

    # --- what others do ---

    @rule(losses=st.lists(st.booleans(), min_size=1, max_size=5))
    def lose_what_is_under_way(self, losses: list[bool]) -> None:
        """Lose some of what is under way, in a pattern."""
        kept = [one for one, is_lost in zip(sorted(self.agenda), cycle(losses)) if not is_lost]
        self.is_orderly = self.is_orderly and len(kept) == len(self.agenda)
        self.agenda = kept

    @rule(seconds=st.sampled_from([0.0, 0.01]))
    def press(self, seconds: float) -> None:
        """Have the button pressed, now or soon."""
        self.plan(self.now + seconds, lambda: self.meddle(not self.power))

    @rule(power=st.booleans())
    def command_from_elsewhere(self, power: bool) -> None:
        """Have another program command the device."""
        self.reach_device(lambda: self.meddle(power), Fate.ARRIVES)

    @rule(obeys=st.booleans())
    def stick(self, obeys: bool) -> None:
        """Let the relay stick: the device acknowledges commands and does not carry them out."""
        self.obeys = obeys

    # --- what has to be true ---

    @invariant()
    def what_is_proved_is_true(self) -> None:
        """See that the relay is as wanted, and known to be, unless somebody has been at it."""
        if self.switching is None or self.switching.state is not State.PROVED:
            return
        switching, self.switching = self.switching, None
        assert self.relay.power is switching.power, "proved, and known to be otherwise"
        is_alone = self.now - self.meddled_at > RECENT
        assert not is_alone or self.power is switching.power, "proved, and otherwise"

    @invariant()
    def when_all_is_quiet_all_is_heard(self) -> None:
        """Begin anew: no report that is under way can be older than what is known."""
        self.is_orderly = self.is_orderly or not self.agenda

    # --- how it all works ---

    def command(self, power: bool, fate: Fate) -> None:
        self.switching = Switching(power, self.relay)
        self.send(fate)

    def plan(self, at: float, deed: Callable[[], None]) -> None:
        self.agenda.append((at, next(self.numbers), deed))

    def reach_device(self, deed: Callable[[], None], fate: Fate) -> None:
        """Have a request carried out: one after the other, in the order in which they left."""
        for _ in range(fate.value):
            self.busy_until = max(self.busy_until, self.now + self.network.there) + _WORK
            self.plan(self.busy_until, deed)

    def be_told(self, power: bool) -> None:
        """Acknowledge a command, and carry it out unless the relay sticks."""
        self.say(self.hear_acknowledgement)
        if self.obeys:
            self.switch(power)

    def meddle(self, power: bool) -> None:
        self.meddled_at = self.now
        self.switch(power)

    def switch(self, power: bool) -> None:
        """Switch, and push that twice; the second push may come behind those of a later change."""
        before, last = self.switched_at
        if self.now - last < _NEAR or self.now - before < _ECHO:
            self.is_orderly = False  # their pushes cannot be told apart
        self.power, self.switched_at = power, (last, self.now)
        self.changes = change = self.changes + 1
        for delay in _PUSHES:
            self.plan(self.now + delay, lambda: self.say(lambda: self.hear_push(power, change)))

    def say(self, hear: Callable[[], None]) -> None:
        """Have something arrive later; it overtakes what is said behind it by the jitter."""
        network = self.network
        self.said_at = max(self.said_at, self.now + network.back)
        at = self.said_at + network.jitter * (next(self.reports) % 2)
        self.plan(at, hear)
        if network.copy_after is not None:
            self.plan(at + network.copy_after, hear)

    def answer(self) -> None:
        power, change = self.power, self.changes
        self.say(lambda: self.hear_answer(power, change))

    def hear_acknowledgement(self) -> None:
        asked_at, _ = self.outstanding.on_answered("power", self.now)
        self.relay.on_heard(asked_at)
        if self.switching is not None:
            self.switching.on_acknowledged(0, asked_at, self.now)
            self.what_is_proved_is_true()

    def hear_push(self, power: bool, change: int) -> None:
        may_be_copy = self.relay.may_be_copy(power, self.now)
        has_changed = self.relay.on_push(power, self.now)
        self.learn(has_changed, change)
        if self.switching is not None:
            self.switching.on_push(
                power, self.now, has_changed=has_changed, may_be_copy=may_be_copy
            )
            self.what_is_proved_is_true()

    def hear_answer(self, power: bool, change: int) -> None:
        asked_at, _ = self.outstanding.on_answered("state", self.now)
        self.relay.on_heard(asked_at)
        self.learn(self.relay.on_answer(power, asked_at, self.now), change)
        if self.switching is not None:
            self.switching.on_answer(power, 0, asked_at, self.now)
            self.what_is_proved_is_true()

    def learn(self, has_changed: bool, change: int) -> None:
        """See that what is taken for news is no older than what is known."""
        if has_changed:
            assert change >= self.known or not self.is_orderly, "news that is old"
        if has_changed or self.power is self.relay.power:
            self.known = max(self.known, change)


TestHouse = House.TestCase
TestHouse.settings = settings(
    derandomize=True, max_examples=500, stateful_step_count=15, deadline=None
)


# What hypothesis finds in one house of some thousand.


def test_a_house_in_which_each_report_comes_twice_and_the_last_of_many_commands_is_lost() -> None:
    house = House()
    house.begin(Network(there=0.0, back=0.045, jitter=0.0, copy_after=0.045), False, False)
    for power in (False, False, True, False, True, False):
        house.command(power, Fate.ARRIVES)
    house.command(True, Fate.LOST)
    house.pass_time(RECENT)


def test_a_house_in_which_the_echo_of_a_press_comes_after_the_next_one() -> None:
    house = House()
    house.begin(Network(there=0.0, back=0.0, jitter=0.045), False, True)
    for _ in range(2):
        house.press(0.0)
        house.pass_time(0.06)
    house.pass_time(RECENT)
