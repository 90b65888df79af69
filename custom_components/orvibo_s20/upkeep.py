"""The clock and the time zone of a socket: right without anybody's doing, or said to be wrong.

The clock is set whenever it is seen to be wrong, which costs the socket nothing. The time zone is
among its settings, so it is written only if the owner wants that, and only into a socket that has
timers to run by it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
import logging
from math import inf
from typing import Final

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from .const import CONF_KEEP_CLOCK, CONF_KEEP_ZONE, DEFAULT_OPTIONS, DOMAIN
from .coordinator import (
    CLOCK_TOLERANCE,
    ZONE_LEAD,
    Attempt,
    Now,
    OrviboCoordinator,
    Snapshot,
)
from .local_time import SECOND, at_offset, find_change, local_offset
from .s20 import EndpointError, NoAnswerError
from .s20.wire.settings import nearest_offset

_LOGGER = logging.getLogger(__name__)

WRONG: Final = 5.0  # s; beyond it the owner is told
INTERVAL: Final = timedelta(minutes=1)  # in which a jump of the host's clock is noticed
CLOCK_AGE: Final = 3600.0  # s; asking for the clock makes the socket deaf for a moment
LEFT_ALONE: Final = 7 * 86400.0  # s, until a zone is written again that somebody has changed
SETTING_TIME: Final = timedelta(seconds=10)  # the longest that setting the clock takes
AROUND_JUMP: Final = timedelta(seconds=5)  # more than the clock of a socket may be slow
WAITING: Final = 1.0  # s, between two looks whether a timer is past
# A host without a battery starts with any time. It is at least the day of this version's release.
EARLIEST: Final = datetime(2026, 11, 26, tzinfo=UTC)
# s; until then a host that has started may not have heard of the right time
HOST_SETTLED: Final = 600.0
# s; no clock gets that wrong by running fast or slow between two looks
MINUTE: Final = 60.0
FIRST_PAUSE: Final = 10.0  # s, between two attempts at the same; doubled by each failure
LONGEST_PAUSE: Final = 3600.0  # s; an attempt may wear the flash of a socket
# s; a lost message about the clock wears nothing, and a clock that stands still hides power cuts
LONGEST_AFTER_SILENCE: Final = 60.0

CLOCK_ISSUE: Final = "clock"
NOT_KEPT_ISSUE: Final = "zone_not_kept"
ROUNDED_ISSUE: Final = "zone_rounded"


class Work(Enum):
    """What is done for a socket without being asked."""

    READ_CLOCK = "read_clock"
    SET_CLOCK = "set_clock"
    SET_ZONE = "set_zone"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done now, and what the owner should know."""

    works: tuple[Work, ...]
    pause: float  # s, after which to decide again
    is_wrong: bool | None  # whether the time in the socket is wrong
    is_unwanted: bool  # whether it is, and stays so because of the options
    is_rounded: bool  # whether the socket cannot hold the offset of local time


# --- decisions: pure, time is an argument ---


def decide(now: Now, snapshot: Snapshot, options: Mapping[str, bool]) -> Decision:
    """Return what to do for a socket."""
    wanted = {**DEFAULT_OPTIONS, **options}
    works, pause = _works_on_clock(now, snapshot, wanted), _pause(now)
    is_zone_kept = wanted[CONF_KEEP_ZONE] and bool(snapshot.timers)
    if is_zone_kept and is_zone_wrong(now, snapshot) and now.utc >= EARLIEST:
        if _would_harm_a_timer(now, snapshot):
            pause = WAITING
        else:
            works.append(Work.SET_ZONE)
    unwanted = [
        is_zone_wrong(now, snapshot) and not wanted[CONF_KEEP_ZONE],
        is_clock_wrong(now, snapshot) and not wanted[CONF_KEEP_CLOCK],
    ]
    offset = wanted_offset(now)
    return Decision(
        works=tuple(works),
        pause=pause,
        is_wrong=is_time_wrong(now, snapshot),
        is_unwanted=bool(snapshot.timers) and any(unwanted),
        is_rounded=is_zone_kept and offset != nearest_offset(offset),
    )


def _works_on_clock(now: Now, snapshot: Snapshot, wanted: Mapping[str, bool]) -> list[Work]:
    """Return what to do about the clock: nothing just before local time jumps.

    The zone has to be written in that very second, and what is lost on the way takes its time.
    """
    if find_change(now.utc, SETTING_TIME) is not None:
        return []
    works = []
    if snapshot.clock is None or now.uptime - snapshot.clock.heard_at >= CLOCK_AGE:
        works.append(Work.READ_CLOCK)
    if wanted[CONF_KEEP_CLOCK] and _is_clock_to_be_set(now, snapshot):
        works.append(Work.SET_CLOCK)
    return works


def is_time_wrong(now: Now, snapshot: Snapshot) -> bool | None:
    """Return whether something is wrong that matters to the socket; None if nothing is known."""
    if snapshot.timers and is_zone_wrong(now, snapshot):
        return True
    return is_clock_wrong(now, snapshot)


def is_clock_wrong(now: Now, snapshot: Snapshot) -> bool | None:
    """Return whether the clock was never set or is far off, None before the socket has told it."""
    if snapshot.clock is None:
        return None
    ahead = snapshot.clock_ahead(now)
    return ahead is None or abs(ahead) > WRONG


def is_zone_wrong(now: Now, snapshot: Snapshot) -> bool | None:
    """Return whether timers go by another time than the local one, None if nobody knows.

    As near to local time as the socket can be is right.
    """
    if snapshot.offset is None:
        return None
    return snapshot.offset != nearest_offset(wanted_offset(now))


def wanted_offset(now: Now) -> int:
    """Return the offset of local time, s; that of after a jump a little before it."""
    return local_offset(now.utc + ZONE_LEAD)


def _pause(now: Now) -> float:
    """Return how long to wait, s: until just before local time jumps, if it does so soon."""
    change = find_change(now.utc + ZONE_LEAD, INTERVAL + ZONE_LEAD)
    until = now.utc + INTERVAL if change is None else change - ZONE_LEAD
    return min(INTERVAL, until - now.utc).total_seconds()


def _is_clock_to_be_set(now: Now, snapshot: Snapshot) -> bool:
    if snapshot.clock is None or now.utc < EARLIEST:
        return False
    ahead = snapshot.clock_ahead(now)
    if ahead is None:
        return True
    if abs(ahead) > MINUTE and now.uptime < HOST_SETTLED:
        return False  # most likely the clock of this host is the wrong one
    return abs(ahead) > CLOCK_TOLERANCE and not _would_skip_a_timer(now, snapshot, ahead)


def _would_skip_a_timer(now: Now, snapshot: Snapshot, ahead: float) -> bool:
    """Return whether a timer is so near that a clock which is a little slow is better set later.

    The socket would never see the second in which it has to switch.
    """
    if snapshot.offset is None or not -WRONG <= ahead < 0:
        return False
    begin = now.utc + timedelta(seconds=ahead) - SECOND
    return _has_timer(snapshot, begin, now.utc + SETTING_TIME, snapshot.offset)


def _would_harm_a_timer(now: Now, snapshot: Snapshot) -> bool:
    """Return whether a zone is better written later, as local time jumps about now.

    An example: local time goes from 02:00 to 03:00, and a timer is set to 01:59:59. With the new
    zone the clock of the socket would go from 01:59:58 to 02:59:58, and the timer be skipped.
    """
    change = find_change(now.utc - AROUND_JUMP, AROUND_JUMP + ZONE_LEAD)
    offset = snapshot.offset
    before = nearest_offset(local_offset(now.utc - AROUND_JUMP))
    if change is None or offset is None or offset != before:
        return False
    slow = timedelta(seconds=max(0.0, -(snapshot.clock_ahead(now) or 0.0)))
    would_miss = _has_timer(snapshot, now.utc - slow - SECOND, change, offset)
    would_repeat = _has_timer(snapshot, now.utc, change, nearest_offset(wanted_offset(now)))
    return would_miss or would_repeat


def _has_timer(snapshot: Snapshot, begin: datetime, end: datetime, offset: int) -> bool:
    """Return whether a timer switches between two moments, in a zone with an offset in s."""
    start, stop = at_offset(begin, offset), at_offset(end, offset)
    return any(any(timer.between(start, stop)) for timer in (snapshot.timers or {}).values())


# --- doing it ---

_ACTS: Final[Mapping[Work, Callable[[OrviboCoordinator], Awaitable[None]]]] = {
    Work.READ_CLOCK: OrviboCoordinator.async_read_clock,
    Work.SET_CLOCK: OrviboCoordinator.async_set_clock,
    Work.SET_ZONE: OrviboCoordinator.async_set_zone,
}
PAUSES: Final = {
    Work.READ_CLOCK: CLOCK_AGE,
    Work.SET_CLOCK: FIRST_PAUSE,
    Work.SET_ZONE: LEFT_ALONE,
}


class Upkeep:
    """Does what is decided for one socket, and has the owner see what does not right itself."""

    def __init__(self, coordinator: OrviboCoordinator) -> None:
        """Begin with `async_start`."""
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._attempts: defaultdict[tuple[Work, int], Attempt] = defaultdict(
            lambda: Attempt(FIRST_PAUSE, LONGEST_PAUSE)
        )
        self._news = asyncio.Event()
        self._was_there = True
        self._had_time = False  # whether the clock was set when it was last heard
        self._seen: Snapshot | None = None  # at the last decision
        self._was_wrong: bool | None = None

    @callback
    def async_start(self) -> None:
        """Keep watch until the entry is unloaded."""
        unload = self._entry.async_on_unload
        unload(self._coordinator.async_add_listener(self._async_on_update))
        unload(self._async_hide)
        self._coordinator.async_repeat(self._async_run, self._news)

    @callback
    def _async_on_update(self) -> None:
        """Decide again; try at once what failed before the socket was away or lost its clock."""
        coordinator = self._coordinator
        is_there = coordinator.last_update_success
        has_time = coordinator.data.clock_ahead(coordinator.now) is not None
        if (is_there and not self._was_there) or (self._had_time and not has_time):
            for attempt in self._attempts.values():
                attempt.forgive()
        self._was_there, self._had_time = is_there, has_time
        self._news.set()

    async def _async_run(self) -> float:
        decision, seen = self._decide(), self._coordinator.data
        if decision.is_wrong is not self._was_wrong and seen is self._seen:
            self._coordinator.async_update_listeners()  # time went by, which nobody else shows
        self._seen, self._was_wrong = seen, decision.is_wrong
        for work in decision.works:
            await self._async_try(work)
        self._async_tell(decision)
        return decision.pause

    def _decide(self) -> Decision:
        return decide(self._coordinator.now, self._coordinator.data, self._entry.options)

    async def _async_try(self, work: Work) -> None:
        now, attempt = self._coordinator.now, self._attempts[self._key(work)]
        if not attempt.is_due(now.uptime) or not self._coordinator.last_update_success:
            return
        subscription = self._coordinator.device.subscription
        if work is Work.READ_CLOCK and not subscription.is_live(now.uptime):
            return  # who is only silent for a moment is not made deaf as well
        try:
            await _ACTS[work](self._coordinator)
        except HomeAssistantError as error:
            _LOGGER.debug("%s: %s failed: %s", self._entry.title, work.value, error)
            is_silent = isinstance(error.__cause__, NoAnswerError | EndpointError)
            if work is Work.SET_ZONE and not is_silent:
                attempt.leave(inf)  # it would answer the same, and writing wears it
            else:
                is_harmless = is_silent and work is not Work.SET_ZONE
                attempt.fail(now.uptime, LONGEST_AFTER_SILENCE if is_harmless else inf)
        else:
            attempt.leave(now.uptime + PAUSES[work])

    def _key(self, work: Work) -> tuple[Work, int]:
        """Return what is tried; each offset is something else."""
        return work, wanted_offset(self._coordinator.now) if work is Work.SET_ZONE else 0

    @callback
    def _async_tell(self, decision: Decision) -> None:
        now, attempt = self._coordinator.now, self._attempts[self._key(Work.SET_ZONE)]
        is_left = not attempt.is_due(now.uptime) and not attempt.has_failed
        self._async_report(CLOCK_ISSUE, decision.is_unwanted)
        self._async_report(NOT_KEPT_ISSUE, Work.SET_ZONE in decision.works and is_left)
        self._async_report(ROUNDED_ISSUE, decision.is_rounded, offset=_hours(wanted_offset(now)))

    @callback
    def _async_report(self, key: str, is_so: bool, **placeholders: str) -> None:
        """Show an issue, or hide it."""
        hass, entry = self._coordinator.hass, self._entry
        issue_id = f"{key}_{entry.entry_id}"
        if not is_so:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id},
            is_fixable=key == CLOCK_ISSUE,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={"name": entry.title, **placeholders},
        )

    @callback
    def _async_hide(self) -> None:
        """Hide all issues: nobody looks any more."""
        for key in (CLOCK_ISSUE, NOT_KEPT_ISSUE, ROUNDED_ISSUE):
            ir.async_delete_issue(self._coordinator.hass, DOMAIN, f"{key}_{self._entry.entry_id}")


def _hours(offset: int) -> str:
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"UTC{sign}{hours}:{minutes:02}"
