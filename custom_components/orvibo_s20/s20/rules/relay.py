"""The relay state out of reports that come twice, late and out of order.

The device pushes each change twice, 43 to 57 ms apart (captures 2 and 4). When it changes again in
between, the second push of the older change comes last.
"""

from math import inf

ECHO_TIME = 0.15  # s; the second push of a change comes within, and some more for the network
STALE_TIME = 0.3  # s; the answer to a search may be under way so long, and a push overtake it
OWN_REPORT_TIME = 2.0  # s, after a command of ours, in which a push may be its late report
# s; the same from a device that takes 1.2 s for each request and has two more of ours waiting.
SLOWEST_REPORT_TIME = 4.0
# s; of *off* and *on* this close, a push of *off* may come behind the first push of *on*.
HASTY_TIME = 0.3


class Relay:
    """The relay state as last reported, whether that is in doubt, and what we commanded lately."""

    __slots__ = (
        *("_commanded_at", "_done_until", "_pushed_at"),
        *("in_doubt", "power", "reported_at", "settled_at"),
    )

    def __init__(self) -> None:
        """Start without a report."""
        self.power: bool | None = None
        self.in_doubt = False
        self.reported_at = -inf  # s, monotonic; when the state was reported last
        # s, monotonic; from when on no command of ours is under way; inf while one is
        self.settled_at = -inf
        self._done_until = -inf  # s, monotonic; what left by then is done or lost
        self._pushed_at = [-inf, -inf]  # off, on
        self._commanded_at = [-inf, -inf]

    def may_be_copy(self, power: bool, now: float) -> bool:
        """Whether a push may be the second one of a change whose first push has come."""
        return now - self._pushed_at[power] < ECHO_TIME

    def on_push(self, power: bool, now: float) -> bool:
        """Take a push; a push that may be about an older change only raises doubt.

        Returns whether the known state changed. Such a push is the second copy of an older one, or
        comes right behind a command that was proved. Example: *off*, *on*, the push of *on* proves
        that, and 20 ms later comes the second push of *off*, whose first push was lost.
        """
        is_just_settled = 0.0 <= now - self.settled_at < HASTY_TIME
        is_late = is_just_settled and self.is_ours(power, now)
        may_be_old = is_late or self.may_be_copy(power, now)
        self._pushed_at[power] = now
        if may_be_old and power is not self.power:
            self.in_doubt = True
            return False
        return self._report(power, now)

    def on_answer(self, power: bool, asked_at: float, now: float) -> bool:
        """Take the answer to a question; if another report came since the question, only doubt.

        Returns whether the known state changed. Example: asked, then a push of *off*, then the
        answer *on*: the answer may have left before the push.
        """
        if self.reported_at > asked_at and power is not self.power:
            self.in_doubt = True
            return False
        self.in_doubt = False
        return self._report(power, now)

    def on_discovery(self, power: bool, now: float) -> bool:
        """Take the first of a burst, or an announcement, unless a push came just before.

        Returns whether the known state changed.
        """
        return now - max(self._pushed_at) >= STALE_TIME and self._report(power, now)

    def on_command(self, power: bool, now: float) -> bool:
        """Note that a command of ours leaves; returns whether that is in haste.

        In haste is the last *on* of on, off, on within 0.3 s: the next acknowledgement and push may
        be about the first two.
        """
        is_hasty = now - self._commanded_at[not power] < HASTY_TIME and self.is_ours(power, now)
        self._commanded_at[power] = now
        return is_hasty

    def on_heard(self, asked_at: float) -> None:
        """Note the answer to a request that left at a time: all before that is done or lost."""
        self._done_until = max(self._done_until, asked_at)

    def done_at(self, power: bool, now: float) -> float:
        """Return from when on no command of ours for a state can be waiting in the device.

        That is now if the device has answered a later request: it does one thing after the other.
        Else a slow device may carry the command out up to 4 s after the command left.
        """
        commanded_at = self._commanded_at[power]
        if commanded_at <= self._done_until:
            return now
        return max(now, commanded_at + SLOWEST_REPORT_TIME)

    def is_ours(self, power: bool, now: float) -> bool:
        """Whether a report of this state may be about a command of ours.

        If not, the report is about the button, or about a command of another program.
        """
        return now - self._commanded_at[power] <= OWN_REPORT_TIME

    def is_foreign(self, power: bool, now: float) -> bool:
        """Whether a report of this state can be about no command of ours, however slow."""
        return now - self._commanded_at[power] > SLOWEST_REPORT_TIME

    def _report(self, power: bool, now: float) -> bool:
        has_changed = power is not self.power
        self.power = power
        self.reported_at = now
        return has_changed
