"""A heap of things to do at given moments, run by whoever knows the time."""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

Action = Callable[[float], None]


@dataclass(slots=True, eq=False)
class Event:
    """A planned action; it is called with the moment it was planned for, not with the real one."""

    at: float
    action: Action | None

    def cancel(self) -> None:
        """Keep the event from happening."""
        self.action = None


class Agenda:
    """Events in order of time, then in order of planning."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Event]] = []
        self._order = count()

    def plan(self, at: float, action: Action) -> Event:
        """Have `action` called at `at`."""
        event = Event(at, action)
        heappush(self._heap, (at, next(self._order), event))
        return event

    def clear(self) -> None:
        """Forget everything that was planned."""
        self._heap.clear()

    def due(self) -> float | None:
        """Return the moment of the next event, if there is one."""
        heap = self._heap
        while heap and heap[0][2].action is None:
            heappop(heap)
        return heap[0][0] if heap else None

    def run(self, now: float) -> None:
        """Let everything happen that is due by `now`, including what it causes in turn."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, _, event = heappop(heap)
            if event.action is not None:
                event.action(at)
