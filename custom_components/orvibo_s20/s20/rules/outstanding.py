"""Which requests left when, and may still be answered.

An answer does not say which try it answers. Of three tries under way the answer may be to the
first, asked before the change that the answer is taken to prove. So an answer counts as asked for
when the *oldest* try left that may still be answered.
"""

from collections.abc import Hashable
from math import inf

LATEST_ANSWER = 3.0  # s; the slowest answer measured took 1.2 s
SURE_TIME = 1.5  # s, at least, until a try is taken for lost because another one was answered
COPY_TIME = 0.05  # s; a network may deliver a request or an answer twice, the second this late


class Outstanding:
    """The tries of one device that may still be answered, by their subject."""

    __slots__ = ("_answered", "_asked")

    def __init__(self) -> None:
        """Start with nothing asked."""
        # subject -> when each try left, and until when it may be answered
        self._asked: dict[Hashable, list[tuple[float, float]]] = {}
        # subject -> since when the last answer may have been asked for, and when it came
        self._answered: dict[Hashable, tuple[float, float]] = {}

    def on_sent(self, subject: Hashable, now: float) -> bool:
        """Note that a try left; returns whether an earlier one may still be answered."""
        pending = self._pending(subject, now)
        self._asked[subject] = [*pending, (now, now + LATEST_ANSWER)]
        return bool(pending)

    def on_answered(self, subject: Hashable, now: float) -> tuple[float, float | None]:
        """Note an answer; returns since when it may have been asked for, and how long it took.

        The first is -inf if no try was open. The second is known only if a single try was open. Of
        several tries all stay open, as the answer may be to any of them, but no longer than twice
        the time that this answer took at most. An answer that comes within 50 ms of another one may
        be its copy, and ends no try.
        """
        if not (pending := self._pending(subject, now)):
            return -inf, None
        asked_at, answered_at = self._answered.get(subject, (-inf, -inf))
        may_be_copy = now - answered_at < COPY_TIME
        if not may_be_copy:
            asked_at = pending[0][0]
            self._answered[subject] = asked_at, now
            if len(pending) == 1:
                del self._asked[subject]
                return asked_at, now - asked_at
        longest = max(2 * (now - asked_at), SURE_TIME)
        self._asked[subject] = [(at, min(until, at + longest)) for at, until in pending]
        return asked_at, None

    def delay(self, subject: Hashable, now: float) -> float:
        """Return in how many seconds no answer, and no copy of one, can come any more; 0 is now."""
        _, answered_at = self._answered.get(subject, (-inf, -inf))
        ends = (answered_at + COPY_TIME, *(until for _, until in self._pending(subject, now)))
        return max(max(ends) - now, 0.0)

    def _pending(self, subject: Hashable, now: float) -> list[tuple[float, float]]:
        return [one for one in self._asked.get(subject, ()) if one[1] > now]
