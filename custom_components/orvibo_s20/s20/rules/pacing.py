"""When may the next request leave, and how long until the next try? Times in seconds."""

from math import inf

from .backoff import Backoff

# s; ten answers 15 ms apart took at most 0.138 s, and all 8 requests sent meanwhile were lost.
DEAF_TIME = 0.2
# s, while an answer is missing: of 4 requests within 31 ms the device answered 3.
REQUEST_GAP = 0.05
# s, after an answer: a command 6 ms behind a subscribe answer was lost (measured by glenpp).
ANSWER_GAP = 0.01

FIRST_PAUSE = 0.3  # s; nine in ten answers took less than 0.27 s
SHORTEST_PAUSE = 0.2  # s
LONGEST_PAUSE = 1.0  # s
_GROWTH = 1.3


class Pacer:
    """Keeps requests to one device as far apart as the device needs."""

    __slots__ = ("_deaf_until", "_ready_at")

    def __init__(self) -> None:
        """Start with a device that is ready."""
        self._ready_at = -inf
        self._deaf_until = -inf

    def delay(self, now: float) -> float:
        """Return how long the next request has to wait, 0 if none."""
        return max(self._ready_at - now, self._deaf_until - now, 0.0)

    def on_sent(self, now: float) -> None:
        """Note that a request left: the device may be busy with it."""
        self._ready_at = now + REQUEST_GAP

    def on_answered(self, now: float) -> None:
        """Note that an answer came: the device is done with the request."""
        self._ready_at = now + ANSWER_GAP

    def on_discovery_answered(self, now: float) -> bool:
        """Note a discovery answer: nine copies may follow, and meanwhile the device hears nothing.

        Returns whether the answer is the first of its burst. The copies repeat the state of the
        first, even if the relay was switched since.
        """
        first = now >= self._deaf_until
        if first:
            self._deaf_until = now + DEAF_TIME
        return first


class AnswerTime:
    """How long this device takes to answer, smoothed as RFC 6298 does for TCP."""

    __slots__ = ("deviation", "smoothed")

    def __init__(self) -> None:
        """Start without a sample."""
        self.smoothed: float | None = None
        self.deviation = 0.0

    def first_pause(self) -> float:
        """Return how long to wait for an answer before the first retry."""
        if self.smoothed is None:
            return FIRST_PAUSE
        return min(max(SHORTEST_PAUSE, self.smoothed + 4 * self.deviation), LONGEST_PAUSE)

    def pauses(self) -> Backoff:
        """Return how long to wait before each next try, growing to a second and no further."""
        return Backoff(self.first_pause(), LONGEST_PAUSE, _GROWTH)

    def on_answered(self, seconds: float) -> None:
        """Note how long an answer took, if only one request can have been answered."""
        if self.smoothed is None:
            self.smoothed, self.deviation = seconds, seconds / 2
            return
        self.deviation += (abs(seconds - self.smoothed) - self.deviation) / 4
        self.smoothed += (seconds - self.smoothed) / 8
