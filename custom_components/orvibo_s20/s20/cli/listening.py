"""The command that shows what sockets say by themselves."""

import asyncio
from collections import deque
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from typing import Final, NoReturn

from .. import (
    Answer,
    Device,
    DiscoveryAnswer,
    Endpoint,
    Found,
    NoAnswerError,
    PowerPush,
    RefusedError,
)
from .exits import Exit
from .output import Row, complain
from .session import Session

COLUMNS: Final = ("time", "mac", "address", "event", "power", "model")
RENEWAL: Final = 60.0  # s; a subscription lasts 300 s
COPY_TIME: Final = 0.2  # s; a push comes twice within 57 ms
REMEMBERED: Final = 64  # events that copies are recognised by
MOST_WAITING: Final = 1000  # events to be shown; what floods us is counted and not kept

Event = tuple[str, str, str, bool | None, str | None]  # a row without its time


async def listen(session: Session) -> Exit:
    """Show announcements, and pushes of the named sockets, as they come; ends by Ctrl-C only."""
    events = _Events(session.endpoint)
    with ExitStack() as stack:
        stack.callback(session.endpoint.listen(events.hear))
        founds, code = await session.with_each(_subscribe)
        if code:
            return code
        devices = [Device(session.endpoint, one.mac, one.address) for one in founds]
        for device in devices:
            stack.enter_context(closing(device))
        session.output.header(COLUMNS)
        renewals = [_stay_subscribed(device) for device in devices]
        await asyncio.gather(_show(session, events), *renewals)
    return Exit.DONE  # not before it is interrupted


async def _show(session: Session, events: "_Events") -> NoReturn:
    while True:
        session.output.row(_row(await events.next(), as_json=session.options.as_json))
        if count := events.take_left_out():
            complain(f"events that were left out, as too many came at once: {count}")


async def _subscribe(device: Device, found: Found) -> Found:
    await device.subscribe()
    return found


async def _stay_subscribed(device: Device) -> NoReturn:
    while True:
        await asyncio.sleep(RENEWAL)
        with suppress(NoAnswerError, RefusedError):  # it may be itself again the next time
            await device.subscribe()


class _Events:
    """What sockets say by themselves, each event once, from when it is heard until it is shown."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(MOST_WAITING)
        self._left_out = 0
        self._recent: deque[tuple[Event, float]] = deque(maxlen=REMEMBERED)

    def hear(self, answer: Answer, address: str) -> None:
        event, now = _event(answer, address, self._endpoint), self._endpoint.now()
        if event is None:
            return
        is_copy = any(event == one and now - at < COPY_TIME for one, at in self._recent)
        self._recent.append((event, now))
        if self._waiting.full():
            self._left_out += not is_copy
        elif not is_copy:
            self._waiting.put_nowait(event)

    async def next(self) -> Event:
        return await self._waiting.get()

    def take_left_out(self) -> int:
        """Return how many events were lost since the last call, because too many were waiting."""
        count, self._left_out = self._left_out, 0
        return count


def _event(answer: Answer, address: str, endpoint: Endpoint) -> Event | None:
    match answer:
        case PowerPush():
            return answer.mac, address, "push", answer.power, None
        case DiscoveryAnswer() if endpoint.is_announcement(answer):
            return answer.mac, address, "announcement", answer.power, answer.kind
    return None


def _row(event: Event, *, as_json: bool) -> Row:
    now = datetime.now(UTC).astimezone()
    time = now.isoformat(timespec="milliseconds") if as_json else f"{now:%H:%M:%S}"
    return dict(zip(COLUMNS, (time, *event), strict=True))
