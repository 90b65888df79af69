"""Is the device there, when is the next question due, and how often is a gone device looked for?"""

from math import inf

from .backoff import Backoff

MISSED = 2  # silences in a row, of seven tries each, after which it counts as gone
RENEWAL = 60.0  # s, of the 300 s that a subscription lasts
# s; many firewalls forget a UDP flow after 30 s of silence, and drop the pushes that follow.
ROUTED_RENEWAL = 27.0
SECOND_LOOK = 35.0  # s, from a silence to the next question; who polls each 30 s asks before
FIRST_SEARCH = 30.0  # s, between two searches for a device that is gone
LONGEST_SEARCH = 300.0  # s; it announces itself when it comes back
ROUTED_SEARCH = 60.0  # s, where no broadcast of either side gets through


class Presence:
    """There until two questions in a row were not answered; back with any datagram."""

    __slots__ = ("_pauses", "asked_at", "missed")

    def __init__(self) -> None:
        """Start with a device of which nothing is known yet."""
        self.missed = 0  # silences in a row
        self.asked_at = -inf  # s, monotonic; when it was last asked in vain
        self._pauses = Backoff(FIRST_SEARCH, LONGEST_SEARCH)

    @property
    def is_gone(self) -> bool:
        """Whether the device counts as gone."""
        return self.missed >= MISSED

    def on_silence(self, now: float) -> bool:
        """Note a question without an answer; returns whether the device is gone by that."""
        self.missed += 1
        self.asked_at = now
        return self.missed == MISSED

    def on_refused(self, now: float) -> None:
        """Note a question that was answered with an error."""
        self.asked_at = now

    def on_heard(self) -> bool:
        """Note a datagram from the device; returns whether the device is back."""
        if not self.missed:
            return False
        was_gone, self.missed, self.asked_at = self.is_gone, 0, -inf
        self._pauses.reset()
        return was_gone

    def due_at(self, renewed_at: float, *, is_local: bool) -> float:
        """Return when the next question is due, if the last answer came at `renewed_at`."""
        if self.missed:
            return self.asked_at + SECOND_LOOK
        return max(renewed_at, self.asked_at) + (RENEWAL if is_local else ROUTED_RENEWAL)

    def search_pause(self, *, is_local: bool) -> float:
        """Return how long to wait before the device is looked for again."""
        pause = self._pauses.pause()
        return pause if is_local else min(pause, ROUTED_SEARCH)

    def on_no_network(self) -> None:
        """Note that no question left this host, so that silence means nothing."""
        self._pauses.reset()
