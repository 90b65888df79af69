"""The command that shows what sockets say by themselves."""

import asyncio
from collections import deque
from collections.abc import Callable
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
from .output import Row
from .session import Session

COLUMNS: Final = ("time", "mac", "address", "event", "power", "model")
RENEWAL: Final = 60.0  # s; a subscription lasts 300 s
COPY_TIME: Final = 0.2  # s; a push comes twice within 57 ms
REMEMBERED: Final = 64  # what copies are recognised by

Event = tuple[str, str, str, bool | None, str | None]  # a row without its time


async def listen(session: Session) -> Exit:
    """Show announcements, and pushes of the named sockets, as they come; ends by Ctrl-C only."""
    heard: asyncio.Queue[Event] = asyncio.Queue()
    with ExitStack() as stack:
        stack.callback(session.endpoint.listen(_events_into(heard.put_nowait, session.endpoint)))
        founds, code = await session.with_each(_subscribe)
        if code:
            return code
        devices = [Device(session.endpoint, one.mac, one.address) for one in founds]
        for device in devices:
            stack.enter_context(closing(device))
        session.output.header(COLUMNS)
        renewals = [_stay_subscribed(device) for device in devices]
        await asyncio.gather(_show(session, heard), *renewals)
    return Exit.DONE  # not before it is interrupted


async def _show(session: Session, heard: asyncio.Queue[Event]) -> NoReturn:
    while True:
        session.output.row(_row(await heard.get(), as_json=session.options.as_json))


async def _subscribe(device: Device, found: Found) -> Found:
    await device.subscribe()
    return found


async def _stay_subscribed(device: Device) -> NoReturn:
    while True:
        await asyncio.sleep(RENEWAL)
        with suppress(NoAnswerError, RefusedError):  # it may be itself again the next time
            await device.subscribe()


def _events_into(
    take: Callable[[Event], None], endpoint: Endpoint
) -> Callable[[Answer, str], None]:
    """Return what takes answers, and hands on what nobody asked for, once."""
    recent: deque[tuple[Event, float]] = deque(maxlen=REMEMBERED)

    def hear(answer: Answer, address: str) -> None:
        now = endpoint.now()
        event = _event(answer, address, endpoint)
        if event is None:
            return
        is_copy = any(event == one and now - at < COPY_TIME for one, at in recent)
        recent.append((event, now))
        if not is_copy:
            take(event)

    return hear


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
