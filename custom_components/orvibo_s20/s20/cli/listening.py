"""The command that shows what sockets say by themselves."""

import asyncio
from collections import deque
from datetime import UTC, datetime
from typing import Final, NoReturn

from .. import (
    Answer,
    Device,
    DiscoveryAnswer,
    Endpoint,
    Found,
    PowerPush,
)
from .exits import Exit
from .output import Row, complain
from .session import Session

COLUMNS: Final = ("time", "mac", "address", "event", "power", "model")
COPY_TIME: Final = 0.2  # s; a push comes twice within 57 ms
REMEMBERED: Final = 64  # events that copies are recognised by
MOST_WAITING: Final = 1000  # events to be shown; what floods us is counted and not kept

Cells = tuple[str, str, str, bool | None, str | None]  # a row without its time


async def listen(session: Session) -> Exit:
    """Show announcements, and pushes of the named sockets, as they come; ends by Ctrl-C only."""
    backlog = _Backlog(session.endpoint)
    unlisten = session.endpoint.listen(backlog.hear)
    try:
        founds, code = await session.with_each(_subscribe)
        if code:
            return code
        session.output.header(COLUMNS)
        followed = [_stay_subscribed(session.endpoint, found) for found in founds]
        await asyncio.gather(_show(session, backlog), *followed)
    finally:
        unlisten()
    return Exit.DONE  # not before it is interrupted


async def _show(session: Session, backlog: "_Backlog") -> NoReturn:
    while True:
        session.output.row(_row(await backlog.next(), as_json=session.options.as_json))
        if count := backlog.take_left_out():
            complain(f"events that were left out, as too many came at once: {count}")


async def _subscribe(device: Device, found: Found) -> Found:
    await device.subscribe()
    return found


async def _stay_subscribed(endpoint: Endpoint, found: Found) -> None:
    async with (
        Device(endpoint, found.mac, found.address) as device,
        device.follow() as events,
    ):
        async for _ in events:  # what is shown of them comes through the endpoint
            pass


class _Backlog:
    """Announcements and pushes that are not shown yet, without copies."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._waiting: asyncio.Queue[Cells] = asyncio.Queue(MOST_WAITING)
        self._left_out = 0
        self._recent: deque[tuple[Cells, float]] = deque(maxlen=REMEMBERED)

    def hear(self, answer: Answer, address: str) -> None:
        cells, now = _cells(answer, address, self._endpoint), self._endpoint.now()
        if cells is None:
            return
        is_copy = any(cells == one and now - at < COPY_TIME for one, at in self._recent)
        self._recent.append((cells, now))
        if self._waiting.full():
            self._left_out += not is_copy
        elif not is_copy:
            self._waiting.put_nowait(cells)

    async def next(self) -> Cells:
        return await self._waiting.get()

    def take_left_out(self) -> int:
        """Return how many events were lost since the last call, because too many were waiting."""
        count, self._left_out = self._left_out, 0
        return count


def _cells(answer: Answer, address: str, endpoint: Endpoint) -> Cells | None:
    match answer:
        case PowerPush():
            return answer.mac, address, "push", answer.power, None
        case DiscoveryAnswer() if endpoint.is_announcement(answer):
            return answer.mac, address, "announcement", answer.power, answer.kind
    return None


def _row(cells: Cells, *, as_json: bool) -> Row:
    now = datetime.now(UTC).astimezone()
    time = now.isoformat(timespec="milliseconds") if as_json else f"{now:%H:%M:%S}"
    return dict(zip(COLUMNS, (time, *cells), strict=True))
