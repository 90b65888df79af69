"""The plug's work: one request at a time, answers in order, and some requests lost meanwhile."""

from collections import deque
from collections.abc import Callable
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from . import commands
from .wire import Drop, Opcode, Request

if TYPE_CHECKING:
    from .agenda import Event
    from .core import Core

_RENEWING = frozenset(  # what begins the subscription's lifetime anew (keep-alive: C4)
    {Opcode.KEEP_ALIVE, Opcode.SWITCH, Opcode.READ_TABLE, Opcode.WRITE_TABLE}
)
_DISCOVERY = frozenset({Opcode.DISCOVER_ALL, Opcode.DISCOVER_ONE})


class Worker:
    """Takes requests, answers each after its latency, and forgets what does not fit."""

    def __init__(self, plug: "Core") -> None:
        self._plug = plug
        self._queue: deque[Request] = deque()
        self._planned: list[Event] = []  # for the request being worked on; empty when idle
        self._deaf_until = -inf
        self._busy_until = -inf

    def reset(self) -> None:
        """Drop whatever is waiting or being worked on, the rest of a burst included."""
        self._queue.clear()
        for event in self._planned:
            event.cancel()
        self._planned.clear()
        self._deaf_until = self._busy_until = -inf

    def submit(self, request: Request, now: float) -> None:
        """Work on a request, now or after the ones before it; or lose it."""
        if now <= self._deaf_until:
            self._plug.drop(Drop.DEAF)
        elif now < self._busy_until:
            self._plug.drop(Drop.BUSY)
        elif not self._planned:
            self._begin(request, now)
        elif len(self._queue) < self._plug.parameters.queue_depth:
            self._queue.append(request)
        else:
            self._plug.drop(Drop.QUEUE_FULL)

    def _begin(self, request: Request, now: float) -> None:
        plug = self._plug
        refusal = commands.refusal(plug, request, now)
        if refusal is not None:
            plug.drop(refusal)
            self._begin_next(now)
            return
        if request.opcode in _DISCOVERY:
            delay = plug.parameters.burst_delay.draw(plug.random)
            self._plan(now + delay, partial(self._burst, request))
            return
        if request.opcode in _RENEWING:
            plug.subscribers.renew(request.source, now)
        delay = commands.latency(plug.parameters, request.opcode).draw(plug.random)
        self._plan(now + delay, partial(self._answer, request))

    def _begin_next(self, now: float) -> None:
        self._planned.clear()
        if self._queue:
            self._begin(self._queue.popleft(), now)

    def _plan(self, at: float, action: Callable[[float], None]) -> None:
        self._planned.append(self._plug.agenda.plan(at, action))

    def _answer(self, request: Request, at: float) -> None:
        plug = self._plug
        answer = commands.HANDLERS[request.opcode](plug, request, at)
        if answer is not None:
            plug.send(answer, plug.subscribers.reply_address(request.source), at)
        elif request.opcode is not Opcode.LOG_OUT:
            plug.drop(Drop.UNSUPPORTED)
        if request.opcode is Opcode.SUBSCRIBE:
            self._busy_until = at + plug.parameters.busy_window
        self._begin_next(at)

    def _burst(self, request: Request, at: float) -> None:
        """Send the same answer many times and hear nothing meanwhile."""
        plug, parameters = self._plug, self._plug.parameters
        if not parameters.queue_survives_burst:
            for _ in self._queue:
                plug.drop(Drop.DEAF)
            self._queue.clear()
        answer = plug.discovery_answer(request.opcode, at)
        destination = plug.subscribers.reply_address(request.source)
        last = at
        for copy in range(parameters.burst_copies):
            late = plug.random.uniform(0.0, parameters.burst_jitter) if copy else 0.0
            last = max(last, at + copy * parameters.burst_spacing + late)
            self._plan(last, partial(plug.send, answer, destination))
        self._deaf_until = last + parameters.deaf_after_burst
        self._plan(self._deaf_until, self._begin_next)
