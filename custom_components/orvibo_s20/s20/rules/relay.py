"""The relay state out of reports that come twice, late and out of order.

The device pushes each change twice, 43 to 57 ms apart (captures 2 and 4). When it changes again in
between, the second push of the older change comes last.
"""

from math import inf

ECHO_TIME = 0.15  # s; the second push of a change comes within, and some more for the network
STALE_TIME = 0.3  # s; an answer that was under way while a push overtook it


class Relay:
    """The relay state as last reported, and whether that report was contradicted."""

    def __init__(self) -> None:
        """Start without a report."""
        self.power: bool | None = None
        self.in_doubt = False
        self._pushed_at = {False: -inf, True: -inf}

    def on_push(self, power: bool, now: float) -> None:
        """Take a push; if it may be a late copy of an older change, it only raises doubt."""
        may_be_copy = now - self._pushed_at[power] < ECHO_TIME
        if may_be_copy and power is not self.power:
            self.in_doubt = True
            return
        if not may_be_copy:
            self._pushed_at[power] = now
        self.power = power

    def on_answer(self, power: bool, asked_at: float) -> None:
        """Take the answer to a question; a push since then is newer, or shows that it may be."""
        if max(self._pushed_at.values()) > asked_at and power is not self.power:
            self.in_doubt = True
            return
        self.power = power
        self.in_doubt = False

    def on_discovery(self, power: bool, now: float) -> None:
        """Take the first of a burst or an announcement; it may be older than a push just before."""
        if now - max(self._pushed_at.values()) >= STALE_TIME:
            self.power = power
