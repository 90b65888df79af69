"""Subscribing to one device while its state is in doubt; no caller waits for that."""

import asyncio
from collections.abc import Callable

from .errors import EndpointError
from .link import Link
from .rules.pacing import LONGEST_PAUSE, REQUEST_GAP
from .wire.requests import SubscribeRequest

RENEWALS = 5  # tries


class Renewal:
    """Subscribes soon, once; again while the doubt lasts, five times at most."""

    __slots__ = ("_is_needed", "_left", "_link", "_timer")

    def __init__(self, link: Link, is_needed: Callable[[], bool]) -> None:
        """Begin with `soon`; `is_needed` says whether the state or the subscription is in doubt."""
        self._link = link
        self._is_needed = is_needed
        self._left = 0
        self._timer: asyncio.TimerHandle | None = None

    def soon(self) -> None:
        """Subscribe as soon as the answer to the last request has had its time."""
        if self._timer is None and not self._link.is_closed:
            self._left = RENEWALS
            self._wait(REQUEST_GAP)

    def close(self) -> None:
        """Stop."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._renew)

    def _renew(self) -> None:
        self._timer = None
        if self._left < RENEWALS and not self._is_needed():
            return
        try:
            delay = self._link.try_now(SubscribeRequest(self._link.mac))
        except EndpointError:
            return  # the endpoint closes, and nobody is left to tell
        if delay:
            self._wait(delay)
            return
        self._left -= 1
        if self._left and self._is_needed():
            self._wait(LONGEST_PAUSE)
