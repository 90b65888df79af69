"""The relay state out of reports that come twice, late and out of order.

The device pushes each change twice, 43 to 57 ms apart (captures 2 and 4). When it changes again in
between, the second push of the older change comes last.
"""

from math import inf

ECHO_TIME = 0.15  # s; the second push of a change comes within, and some more for the network
STALE_TIME = 0.3  # s; an answer that was under way while a push overtook it
OWN_REPORT_TIME = 2.0  # s; a push within may be the late report of our own earlier command
HASTY_TIME = 0.3  # s; of commands this close, what is said about the first may come last


class Relay:
    """The relay state as last reported, whether that is in doubt, and what we commanded lately."""

    __slots__ = ("_commanded_at", "_pushed_at", "in_doubt", "power", "reported_at")

    def __init__(self) -> None:
        """Start without a report."""
        self.power: bool | None = None
        self.in_doubt = False
        self.reported_at = -inf  # s, monotonic; when the state was reported last
        self._pushed_at = [-inf, -inf]  # off, on
        self._commanded_at = [-inf, -inf]

    def on_push(self, power: bool, now: float) -> bool:
        """Take a push; if it may be a late copy of an older change, it only raises doubt.

        Returns whether it changed the state.
        """
        may_be_copy = now - self._pushed_at[power] < ECHO_TIME
        if may_be_copy and power is not self.power:
            self.in_doubt = True
            return False
        if not may_be_copy:
            self._pushed_at[power] = now
        return self._report(power, now)

    def on_answer(self, power: bool, asked_at: float, now: float) -> bool:
        """Take the answer to a question; a report since then is newer, or shows that it may be.

        Returns whether it changed the state.
        """
        if self.reported_at > asked_at and power is not self.power:
            self.in_doubt = True
            return False
        self.in_doubt = False
        return self._report(power, now)

    def on_discovery(self, power: bool, now: float) -> bool:
        """Take the first of a burst or an announcement; it may be older than a push just before.

        Returns whether it changed the state.
        """
        return now - max(self._pushed_at) >= STALE_TIME and self._report(power, now)

    def on_command(self, power: bool, now: float) -> bool:
        """Note that a command of ours leaves; returns whether it does so in haste.

        In haste means right behind a command to the contrary, with one like it just before: what is
        heard next may be about either of those.
        """
        is_hasty = now - self._commanded_at[not power] < HASTY_TIME and self.is_ours(power, now)
        self._commanded_at[power] = now
        return is_hasty

    def is_ours(self, power: bool, now: float) -> bool:
        """Whether a report of this state may be about a command of ours.

        Otherwise it is about the button, or somebody else's command.
        """
        return now - self._commanded_at[power] <= OWN_REPORT_TIME

    def _report(self, power: bool, now: float) -> bool:
        has_changed = power is not self.power
        self.power = power
        self.reported_at = now
        return has_changed
