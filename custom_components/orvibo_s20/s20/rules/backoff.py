"""How long to wait before each next try: ever longer, up to a limit."""


class Backoff:
    """Gives the pauses between tries, one after the other, in seconds."""

    __slots__ = ("_first", "_growth", "_longest", "_next")

    def __init__(self, first: float, longest: float, growth: float = 2.0) -> None:
        """Begin with `first`, multiply by `growth` each time, and stay at `longest`."""
        self._first = first
        self._longest = longest
        self._growth = growth
        self._next = first

    def pause(self) -> float:
        """Return how long to wait before the next try."""
        pause = min(self._next, self._longest)
        self._next = pause * self._growth
        return pause

    def reset(self) -> None:
        """Begin again with the first pause."""
        self._next = self._first
