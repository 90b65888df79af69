"""When may the next request leave, and how long until the next try? Times in seconds."""

from collections.abc import Iterator
from math import inf

# s; ten answers 15 ms apart took at most 0.138 s, and all 8 requests sent meanwhile were lost.
DEAF_TIME = 0.2
# s, while an answer is missing: of 4 requests within 31 ms the device answered 3.
REQUEST_GAP = 0.05
# s, after an answer: a command 6 ms behind a subscribe answer was lost (measured by glenpp).
ANSWER_GAP = 0.01

FIRST_PAUSE = 0.3  # nine in ten answers took less than 0.27 s
LONGEST_PAUSE = 1.0
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


def pauses() -> Iterator[float]:
    """Yield how long to wait before each next try: 0.3, 0.39, 0.51, 0.66, 0.86, 1, 1 ..."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * _GROWTH, LONGEST_PAUSE)
