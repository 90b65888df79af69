"""Is the clock right? If it was never set, from when does it count?"""

import asyncio
from datetime import UTC, datetime

from ..wire.answers import DiscoveryAnswer
from ..wire.clock import counts_from, decode_clock
from ..wire.requests import IdentifyRequest
from .finding import Finding, Verdict
from .subject import Subject

INTERVAL = 2.0  # s between two looks
TOLERANCE = 10.0  # s; a clock that was set is about one late


class Clock(Verdict):
    """What the clock does."""

    RIGHT = "set and right"
    WRONG = "set, but wrong"
    STOPPED = "stands still, but not at 0"
    AT_ZERO = "never set: stands still at 0"
    FROM_1900 = "never set: counts from 1900"
    FROM_2000 = "never set: counts from 2000"
    UNCLEAR = "no answer"


_UNSET = {1900: Clock.FROM_1900, 2000: Clock.FROM_2000}


async def ask_clock(subject: Subject) -> Finding:
    """Read the clock twice, two seconds apart; that changes nothing."""
    first, now = await _look(subject), datetime.now(UTC)
    await asyncio.sleep(INTERVAL)
    second = await _look(subject)
    if first is None or second is None:
        return Finding("clock", Clock.UNCLEAR, {})
    offset = _offset(first, now)
    evidence = {
        "offset_s": None if offset is None else round(offset),
        "moved_s": second - first,
    }
    return Finding("clock", judge_clock(first, second, now), evidence)


def judge_clock(first: int, second: int, now: datetime) -> Clock:
    """Judge two values of the clock field some seconds apart; `now` (aware) is of the first."""
    if first == second:
        return Clock.STOPPED if first else Clock.AT_ZERO
    offset = _offset(first, now)
    if offset is None:
        return _UNSET[counts_from(first)]
    return Clock.RIGHT if abs(offset) <= TOLERANCE else Clock.WRONG


def _offset(value: int, now: datetime) -> float | None:
    moment = decode_clock(value, now)
    return None if moment is None else (moment - now).total_seconds()


async def _look(subject: Subject) -> int | None:
    heard = await subject.ask(IdentifyRequest(subject.mac))
    if heard is None or not isinstance(heard.answer, DiscoveryAnswer):
        return None
    return heard.answer.clock
