"""What was asked when, and may still be answered.

An answer does not say which try it belongs to. With three tries under way, the answer that comes
may be the one to the first of them, asked before the change that it is taken to prove. So an answer
counts as asked for when the *oldest* try left that may still be answered.
"""

from collections.abc import Hashable
from math import inf

LATEST_ANSWER = 3.0  # s; the slowest answer measured took 1.2 s
SURE_TIME = 1.0  # s, at least, until a try that others were answered beside is taken for lost


class Outstanding:
    """The tries of one device that may still be answered, by their subject."""

    __slots__ = ("_asked", "_slowest")

    def __init__(self) -> None:
        """Start with nothing asked."""
        self._asked: dict[Hashable, list[float]] = {}  # subject -> when each try left
        self._slowest = 0.0  # s, that an answer may have taken of late

    def on_sent(self, subject: Hashable, now: float) -> bool:
        """Note that a try left; returns whether an earlier one may still be answered."""
        pending = self._pending(subject, now)
        self._asked[subject] = [*pending, now]
        return bool(pending)

    def on_answered(self, subject: Hashable, now: float) -> tuple[float, float | None]:
        """Note an answer; returns since when it may have been asked for, and how long it took.

        The first is -inf if nobody asked. How long it took is known only if a single try may have
        been answered; of several, all stay until they cannot be answered any more.
        """
        pending = self._pending(subject, now)
        if not pending:
            return -inf, None
        self._slowest = max(now - pending[0], 0.75 * self._slowest)
        if len(pending) > 1:
            return pending[0], None
        del self._asked[subject]
        return pending[0], now - pending[0]

    def delay(self, subject: Hashable, now: float) -> float:
        """Return how long it takes until no try can be answered any more, 0 if there is none."""
        pending = self._pending(subject, now)
        return pending[-1] + self._lifetime() - now if pending else 0.0

    def _pending(self, subject: Hashable, now: float) -> list[float]:
        lifetime = self._lifetime()
        return [at for at in self._asked.get(subject, ()) if now - at < lifetime]

    def _lifetime(self) -> float:
        """Return how long a try may be answered: twice as long as the slowest answer of late."""
        if not self._slowest:
            return LATEST_ANSWER
        return min(max(2 * self._slowest, SURE_TIME), LATEST_ANSWER)
