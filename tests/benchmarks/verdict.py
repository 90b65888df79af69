"""What became of every command of a soak, and whether that was right."""

from dataclasses import dataclass
from enum import StrEnum
from typing import override

from .household import Socket

LONGEST = 10.0  # s; 8 s of patience, and one try of a poll before it
SETTLED = 5.0  # s without anybody else's hand on the relay, after which it obeys only us
LATEST = 0.5  # s, that a datagram may spend in the network and in the socket


class End(StrEnum):
    """How a service call ended."""

    OPEN = "open"
    RETURNED = "returned"
    RAISED = "raised"
    REFUSED = "refused"  # the switch was shown unavailable: Home Assistant asks nobody
    OVERTAKEN = "overtaken"


@dataclass(slots=True, eq=False)
class Command:
    """One call of a service of a switch."""

    socket: Socket
    power: bool
    started_at: float
    was_available: bool
    is_hasty: bool = False  # the opposite was sent so shortly before that it may arrive later
    end: End = End.OPEN
    ended_at: float = 0.0
    newer: Command | None = None  # what overtook it

    @override
    def __str__(self) -> str:
        """Say in one line what was wanted and what came of it."""
        word = "on" if self.power else "off"
        span = f"{self.started_at:.4f} to {self.ended_at:.4f}"
        return f"{self.socket.entity} {word}, {span}: {self.end}"

    def may_arrive_after(self, newer: Command) -> bool:
        """Whether this one may be carried out after a newer one that wants the opposite."""
        is_recent = self.end is End.OPEN or newer.started_at - self.ended_at < LATEST
        return self.power is not newer.power and is_recent

    def fault(self) -> str | None:
        """Return what is wrong with how it ended, judged at that moment."""
        if self.ended_at - self.started_at > LONGEST and self.newer is None:
            return "took too long"
        if self.end is End.RETURNED and not self._landed():
            return "returned, but the relay never was in the wanted state"
        if self._is_untrue() and not self.is_hasty:
            return "returned, but the relay is in the other state and nobody else touched it"
        if self.end is End.RAISED and self.newer is not None:
            return "raised, although a newer one had overtaken it"
        return None

    def overtaken_fault(self) -> str | None:
        """Return what is wrong with an overtaken one, once the newer ones have ended."""
        newer = self.newer
        while newer is not None:
            if self.ended_at in {newer.started_at, newer.ended_at}:
                return None  # both ended at once, or the newer began as this one ended
            newer = newer.newer
        return "was overtaken, but did not return with a newer one"

    def was_undone(self) -> bool:
        """Whether the network carried out an older opposite command after this one."""
        return self.is_hasty and self._is_untrue()

    def _landed(self) -> bool:
        """Whether the relay obeyed; a late report may be of just before another's hand moved it."""
        is_alone = self.started_at - self.socket.meddled_at > SETTLED
        late = 0.0 if is_alone else LATEST
        return self.socket.plug.was(self.power, self.started_at - late)

    def _is_untrue(self) -> bool:
        is_alone = self.started_at - self.socket.meddled_at > SETTLED
        return self.end is End.RETURNED and is_alone and self.socket.plug.relay != self.power
