"""What was asked when, and may still be answered.

An answer does not say which try it belongs to. With three tries under way, the answer that comes
may be the one to the first of them, asked before the change that it is taken to prove. So an answer
counts as asked for when the *oldest* try left that may still be answered.
"""

from collections.abc import Hashable
from math import inf

LATEST_ANSWER = 3.0  # s; the slowest answer measured took 1.2 s
SURE_TIME = 1.5  # s, at least, until a try is taken for lost because another one was answered


class Outstanding:
    """The tries of one device that may still be answered, by their subject."""

    __slots__ = ("_asked",)

    def __init__(self) -> None:
        """Start with nothing asked."""
        # subject -> when each try left, and until when it may be answered
        self._asked: dict[Hashable, list[tuple[float, float]]] = {}

    def on_sent(self, subject: Hashable, now: float) -> bool:
        """Note that a try left; returns whether an earlier one may still be answered."""
        pending = self._pending(subject, now)
        self._asked[subject] = [*pending, (now, now + LATEST_ANSWER)]
        return bool(pending)

    def on_answered(self, subject: Hashable, now: float) -> tuple[float, float | None]:
        """Note an answer; returns since when it may have been asked for, and how long it took.

        The first is -inf if nobody asked. How long it took is known only if a single try may have
        been answered. Of several, all stay, as it may have been any; but an answer to one of them
        would not take more than twice as long as this one can have taken.
        """
        if subject not in self._asked or not (pending := self._pending(subject, now)):
            return -inf, None
        oldest = pending[0][0]
        if len(pending) == 1:
            del self._asked[subject]
            return oldest, now - oldest
        longest = max(2 * (now - oldest), SURE_TIME)
        self._asked[subject] = [(at, min(until, at + longest)) for at, until in pending]
        return oldest, None

    def delay(self, subject: Hashable, now: float) -> float:
        """Return how long it takes until no try can be answered any more, 0 if there is none."""
        return max((until - now for _, until in self._pending(subject, now)), default=0.0)

    def _pending(self, subject: Hashable, now: float) -> list[tuple[float, float]]:
        return [one for one in self._asked.get(subject, ()) if one[1] > now]
