"""What proves a command, as a table.

A command is one wanted relay state. The request for that state leaves again after each pause, until
a report ends the command. An acknowledgement proves nothing: it says that the request was received,
and not what the relay did.

Three things make reports hard to read. Each change is pushed twice, some 50 ms apart. The button
and other programs cause pushes as well. And of on, off, on within 0.3 s the third request may be
lost, while the acknowledgement of the second and the push of the first still arrive.

Once a command is proved, all commands before that one are carried out as well, because the device
does one thing after the other. From 0.3 s after the proof on, no push can be about them any more,
and the first push proves the next command.

That is not so if the proof was a push that came before any acknowledgement, because that push may
be about the button. Example: *on* leaves twice, and its first try is carried out. *Off* leaves, and
somebody presses the button: the push of that proves *off*. Now *on* leaves again, and the next push
of *on* is about the second try of the first *on*, while *off* and the new *on* still wait in a slow
device. So as long as such a try can wait, the new *on* needs better proof: an acknowledgement and a
push, or the answer to a question.
"""

from enum import Enum, auto
from math import inf

from .relay import HASTY_TIME, Relay


class State(Enum):
    """How far a command is."""

    WAITING = auto()  # the request has not left: what is heard is about something earlier
    SENT = auto()
    SENT_IN_HASTE = auto()  # right behind the opposite, and that behind the same: on, off, on
    ACCEPTED = auto()  # the device received it, and so whatever we commanded before
    PROVED = auto()  # the relay is as wanted
    OVERRULED = auto()  # somebody else has switched the relay since: that is not fought
    REFUSED = auto()

    @property
    def is_end(self) -> bool:
        """Whether nothing more is to be done."""
        return self in _ENDS


class Event(Enum):
    """What happens to a command."""

    SEND = auto()
    SEND_IN_HASTE = auto()
    ACKNOWLEDGEMENT = auto()
    REFUSAL = auto()  # the result of an answer is not success
    ANSWER = auto()  # of the wanted state, to a question asked since the request left
    PUSH = auto()  # of the wanted state, and about no earlier command of ours
    LATE_PUSH = auto()  # of the wanted state, perhaps about an earlier command, but it is news
    FOREIGN_PUSH = auto()  # of the other state, which no command of ours can have made


_ENDS = frozenset({State.PROVED, State.OVERRULED, State.REFUSED})

# What is not in the table changes nothing.
_TABLE = {
    (State.WAITING, Event.SEND): State.SENT,
    (State.WAITING, Event.SEND_IN_HASTE): State.SENT_IN_HASTE,
    (State.WAITING, Event.REFUSAL): State.REFUSED,
    (State.SENT, Event.ACKNOWLEDGEMENT): State.ACCEPTED,
    (State.SENT, Event.PUSH): State.PROVED,
    (State.SENT, Event.ANSWER): State.PROVED,
    (State.SENT, Event.REFUSAL): State.REFUSED,
    # The acknowledgement may be that of the second command, the push that of the first.
    (State.SENT_IN_HASTE, Event.ANSWER): State.PROVED,
    (State.SENT_IN_HASTE, Event.REFUSAL): State.REFUSED,
    (State.ACCEPTED, Event.PUSH): State.PROVED,
    (State.ACCEPTED, Event.LATE_PUSH): State.PROVED,
    (State.ACCEPTED, Event.ANSWER): State.PROVED,
    (State.ACCEPTED, Event.FOREIGN_PUSH): State.OVERRULED,
    (State.ACCEPTED, Event.REFUSAL): State.REFUSED,
}


def after(state: State, event: Event) -> State:
    """Return the state of a command after an event."""
    return _TABLE.get((state, event), state)


class Switching:
    """The way of one command through the table."""

    __slots__ = (
        *("_is_heard", "_relay", "_sent_at", "_settled_at"),
        *("answered_at", "power", "result", "state"),
    )

    def __init__(self, power: bool, relay: Relay) -> None:
        """Want a relay state; `relay` is what has been reported so far."""
        self.power = power
        self.state = State.WAITING
        self.result = 0  # of the answer that refused
        self.answered_at = -inf  # s, monotonic; when the device showed last that it hears us
        self._relay = relay
        self._is_heard = False  # whether an acknowledgement came since the request left
        self._sent_at = inf
        self._settled_at = inf  # s, monotonic; when all before this one were done; inf: not known

    def on_sent(self, now: float) -> None:
        """Note that the request left, for the first time or again."""
        is_hasty = self._relay.on_command(self.power, now)
        if self.state is State.WAITING:
            self._sent_at = now
            self._settled_at, self._relay.settled_at = self._relay.settled_at, inf
            is_hasty = is_hasty and self._settled_at == inf
            self._take(Event.SEND_IN_HASTE if is_hasty else Event.SEND, now)

    def early_time(self, now: float) -> float:
        """Return for how long (s) a push will prove nothing; inf if only an answer can prove.

        Example: within 0.3 s after the proof of *off*, a push of *on* may be about a late try of
        the *on* before that *off*.
        """
        if self.state is State.SENT_IN_HASTE:
            return inf
        rest = self._settled_at + HASTY_TIME - now
        return rest if 0.0 < rest < inf else 0.0

    def on_acknowledged(self, result: int, asked_at: float, now: float) -> None:
        """Take an acknowledgement, of this command or of an earlier one."""
        self.answered_at = now
        is_ours = asked_at >= self._sent_at
        self._is_heard = self.state is not State.WAITING
        self._take_result(result, Event.ACKNOWLEDGEMENT if is_ours else None, now)

    def on_answer(self, power: bool, result: int, asked_at: float, now: float) -> None:
        """Take the answer to a subscribe request, after the relay has taken the answer."""
        self.answered_at = now
        is_wanted = power is self.power and asked_at >= self._sent_at
        is_believed = power is self._relay.power
        self._take_result(result, Event.ANSWER if is_wanted and is_believed else None, now)

    def on_push(self, power: bool, now: float, *, has_changed: bool, may_be_copy: bool) -> None:
        """Take a push that the relay has taken; `has_changed` is whether the push was news."""
        if power is not self.power:
            if self._relay.is_foreign(power, now) and not may_be_copy:
                self._take(Event.FOREIGN_PUSH, now)
        elif power is self._relay.power:  # else it may be a copy of something older
            if now - self._settled_at >= HASTY_TIME or not self._relay.is_ours(not power, now):
                self._take(Event.PUSH, now)
            elif has_changed:
                self._take(Event.LATE_PUSH, now)

    def _take_result(self, result: int, event: Event | None, now: float) -> None:
        if result:
            self.result = result
            self._take(Event.REFUSAL, now)
        elif event is not None:
            self._take(event, now)

    def _take(self, event: Event, now: float) -> None:
        self.state = after(self.state, event)
        if self.state is State.PROVED:
            is_own = self._is_heard or event is Event.ANSWER
            self._relay.settled_at = now if is_own else self._relay.done_at(not self.power, now)
