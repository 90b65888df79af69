"""When may the next request leave, and how long until the next try? Times in seconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

# s; ten answers 15 ms apart took at most 0.138 s, and all 8 requests sent meanwhile were lost.
DEAF_TIME = 0.2
# s, while an answer is missing: of 4 requests within 31 ms the device answered 3.
REQUEST_GAP = 0.05
# s, after an answer: a command 6 ms behind a subscribe answer was lost (measured by glenpp).
ANSWER_GAP = 0.01

FIRST_PAUSE = 0.3  # s; nine in ten answers took less than 0.27 s
SHORTEST_PAUSE = 0.2  # s
LONGEST_PAUSE = 1.0  # s
LATEST_ANSWER = 3.0  # s; the slowest answer measured took 1.2 s
_GROWTH = 1.3


class Pacer:
    """Keeps requests to one device as far apart as it needs."""

    def __init__(self) -> None:
        """Start with a device that is ready."""
        self._ready_at = -inf
        self._deaf_until = -inf

    def delay(self, now: float) -> float:
        """Return how long the next request has to wait, 0 if it may leave."""
        return max(self._ready_at - now, self._deaf_until - now, 0.0)

    def on_sent(self, now: float) -> None:
        """Note that a request left: the device may be busy with it."""
        self._ready_at = now + REQUEST_GAP

    def on_answered(self, now: float) -> None:
        """Note that an answer came: the device is done with the request."""
        self._ready_at = now + ANSWER_GAP

    def on_discovery_answered(self, now: float) -> bool:
        """Note a discovery answer: nine more may follow, and meanwhile the device hears nothing.

        Returns whether it is the first of its burst; the others repeat what may have changed since.
        """
        first = now >= self._deaf_until
        if first:
            self._deaf_until = now + DEAF_TIME
        return first


@dataclass(frozen=True, slots=True)
class _Unanswered:
    """When requests of one kind left that may still be answered."""

    first_at: float
    last_at: float
    is_repeated: bool = False


class AnswerTime:
    """How long this device takes to answer, smoothed as RFC 6298 does for TCP."""

    def __init__(self) -> None:
        """Start without a sample."""
        self.smoothed: float | None = None
        self.deviation = 0.0
        self._unanswered: dict[type, _Unanswered] = {}

    def on_sent(self, kind: type, now: float) -> bool:
        """Note that a request of a kind left. Returns whether an earlier one is unanswered yet."""
        earlier = self._unanswered.get(kind)
        is_repeated = earlier is not None and now - earlier.last_at <= LATEST_ANSWER
        first_at = earlier.first_at if earlier is not None and is_repeated else now
        self._unanswered[kind] = _Unanswered(first_at, now, is_repeated)
        return is_repeated

    def on_answered(self, kind: type, now: float) -> float:
        """Note an answer. Returns when its request may have left first, -inf if that is unknown.

        It is a sample only if the request left once, so that it is certain which one was answered.
        """
        sent = self._unanswered.pop(kind, None)
        if sent is None:
            return -inf
        if not sent.is_repeated:
            self._sample(now - sent.first_at)
        return sent.first_at

    def forget(self, kind: type) -> None:
        """Take what comes from now on as answers to later requests only."""
        self._unanswered.pop(kind, None)

    def pauses(self) -> Iterator[float]:
        """Yield how long to wait before each next try, growing to a second and no further."""
        pause = FIRST_PAUSE
        if self.smoothed is not None:
            pause = max(SHORTEST_PAUSE, self.smoothed + 4 * self.deviation)
        while True:
            pause = min(pause, LONGEST_PAUSE)
            yield pause
            pause *= _GROWTH

    def _sample(self, seconds: float) -> None:
        if self.smoothed is None:
            self.smoothed, self.deviation = seconds, seconds / 2
            return
        self.deviation += (abs(seconds - self.smoothed) - self.deviation) / 4
        self.smoothed += (seconds - self.smoothed) / 8
