"""Does the device still report to us and obey us?

A subscription lasts 300 s since the last accepted request (captures 1 and 4: alive after 240 s,
dead after 312 s) and does not survive a restart of the device, which is followed by announcements.
"""

from math import inf

LIVE_TIME = 60.0  # s, far below the 300 s: the device answered, so it knows us
RUN_GAP = 4.0  # s; announcements of one run are 3.2 s apart


class Subscription:
    """Live while the device answers or pushes, in doubt from an announcement on."""

    __slots__ = ("_announced_at", "proved_at", "renewed_at")

    def __init__(self) -> None:
        """Start without a subscription."""
        self.proved_at = -inf  # s, monotonic
        self.renewed_at = -inf  # s, monotonic; by an answer: a push does not prolong it
        self._announced_at = -inf

    def is_live(self, now: float) -> bool:
        """Whether a command will be obeyed without subscribing first."""
        return now - self.proved_at < LIVE_TIME

    def on_answered(self, now: float) -> None:
        """Note an answer that only subscribers get."""
        self.proved_at = self.renewed_at = now

    def on_pushed(self, now: float) -> None:
        """Note a push, which only subscribers get."""
        self.proved_at = now

    def on_announced(self, now: float) -> bool:
        """Note a possible restart. Returns whether a run of announcements begins."""
        first = now - self._announced_at > RUN_GAP
        self._announced_at = now
        if first:
            self.proved_at = -inf
        return first
