"""Keeping a device subscribed, noticing when the device is gone, and looking for the device."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from .endpoint import LIMITED_BROADCAST
from .errors import NoAnswerError, RefusedError
from .link import Link
from .rules.presence import Presence
from .waiting import pass_time


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where to look for a device, and whether the device is in a network of this host."""

    broadcasts: Collection[str] = (LIMITED_BROADCAST,)
    is_local: bool = True  # else routers and firewalls are between us


Survey = Callable[[], Awaitable[Surroundings]]


async def survey_nothing() -> Surroundings:
    """Return that a device is where a limited broadcast gets."""
    return Surroundings()


class Watch:
    """Keeps one device subscribed, and looks for the device when there is no answer."""

    __slots__ = ("_link", "_news", "_on_gone", "presence")

    def __init__(self, link: Link, on_gone: Callable[[], None]) -> None:
        """Begin with `run`; `on_gone` is called when the device counts as gone."""
        self.presence = Presence()
        self._link = link
        self._on_gone = on_gone
        self._news: asyncio.Event | None = None  # None before `run`

    async def subscribe(self) -> bool:
        """Get pushes for the next 300 s, and return the relay state; see `Device.subscribe`."""
        try:
            return (await self._link.subscribe()).power
        except NoAnswerError:
            self.wake()
            if self.presence.on_silence(self._link.now()):
                self._on_gone()
            raise

    def on_heard(self) -> bool:
        """Note a datagram from the device; returns whether the device is back."""
        is_back = self.presence.on_heard()
        if is_back:
            self.wake()
        return is_back

    def wake(self) -> None:
        """Act on news at once: the device was silent, is back, or has moved."""
        if self._news is not None:
            self._news.set()

    async def run(self, survey: Survey) -> None:
        """Subscribe whenever that is due, or look for a device that is silent, until cancelled."""
        news = self._news = self._news or asyncio.Event()
        while True:
            news.clear()
            surroundings = await survey()
            if self.presence.missed and not self._link.look(surroundings.broadcasts):
                self.presence.on_no_network()
            await pass_time(self._pause(surroundings), until=news)
            if not self.presence.is_gone and self._due_in(surroundings) <= 0:
                try:
                    await self.subscribe()
                except NoAnswerError:
                    pass  # `subscribe` has noted the silence
                except RefusedError:
                    self.presence.on_refused(self._link.now())

    def _pause(self, surroundings: Surroundings) -> float:
        if self.presence.is_gone:
            return self.presence.search_pause(is_local=surroundings.is_local)
        return self._due_in(surroundings)

    def _due_in(self, surroundings: Surroundings) -> float:
        renewed_at = self._link.subscription.renewed_at
        due_at = self.presence.due_at(renewed_at, is_local=surroundings.is_local)
        return due_at - self._link.now()
