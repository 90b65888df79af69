"""The programs that get pushes, and for how long."""

from dataclasses import dataclass

from .parameters import Parameters
from .wire import PORT, Address


@dataclass(slots=True)
class Subscriber:
    """One controlling program."""

    key: str
    destination: Address
    heard_at: float


class Subscribers:
    """The list of subscribers; the position in it is the slot told to each of them."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._list: list[Subscriber] = []

    def __len__(self) -> int:
        return len(self._list)

    def destinations(self, now: float) -> list[Address]:
        """Return where pushes go at this moment."""
        self._expire(now)
        return [subscriber.destination for subscriber in self._list]

    def knows(self, source: Address, now: float) -> bool:
        """Return whether the sender of requests is a subscriber."""
        self._expire(now)
        return self._find(source) is not None

    def slot(self, source: Address) -> int:
        """Return the position of a subscriber, 0 for a stranger."""
        found = self._find(source)
        return self._list.index(found) if found else 0

    def add(self, source: Address, now: float) -> None:
        """Subscribe or renew; whoever was silent longest makes room when the list is full."""
        if self.renew(source, now):
            return
        if len(self._list) >= self._parameters.max_subscribers:
            self._list.remove(min(self._list, key=lambda subscriber: subscriber.heard_at))
        self._list.append(Subscriber(self._key(source), self.reply_address(source), now))

    def renew(self, source: Address, now: float) -> bool:
        """Begin the lifetime anew; False for a stranger."""
        self._expire(now)
        found = self._find(source)
        if found is None:
            return False
        found.heard_at = now
        found.destination = self.reply_address(source)
        return True

    def remove(self, source: Address) -> None:
        """Forget one subscriber."""
        found = self._find(source)
        if found:
            self._list.remove(found)

    def clear(self) -> None:
        """Forget everybody."""
        self._list.clear()

    def reply_address(self, source: Address) -> Address:
        """Return where answers to a request from `source` go."""
        return source if self._parameters.reply_to_source_port else (source[0], PORT)

    def _key(self, source: Address) -> str:
        host, port = source
        return f"{host}:{port}" if self._parameters.subscription_key_has_port else host

    def _find(self, source: Address) -> Subscriber | None:
        key = self._key(source)
        return next((found for found in self._list if found.key == key), None)

    def _expire(self, now: float) -> None:
        oldest = now - self._parameters.subscription_lifetime
        if any(subscriber.heard_at <= oldest for subscriber in self._list):
            self._list = [found for found in self._list if found.heard_at > oldest]
