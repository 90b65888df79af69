"""When the timers of a year have to switch, what excuses one that does not, and who is blamed.

Pure. Moments are seconds since 1970; the truth about local time is Python's own, not the client's.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from tests.simulator.clock import ClockMode

ZONE: Final = ZoneInfo("Europe/Berlin")
TOLERANCE: Final = 3.0  # s, from the right moment
JOIN: Final = 3.8  # s, from power to the first announcement, before which nobody can be told
# s, until clock and zone have to be right again: two announcements may be lost, 3.2 s apart, and
# what tells the time is repeated on silence.
RECOVERY: Final = JOIN + 2 * 3.2 + 4.8
WRONG_MODES: Final = (ClockMode.FROZEN, ClockMode.FROM_2000, ClockMode.FROM_1900)

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Switching:
    """What one timer does, each week on some days (0 is Monday) at a local time."""

    power: bool
    at: time
    days: frozenset[int]


@dataclass(frozen=True, slots=True, order=True)
class Firing:
    """What the relay becomes, and when."""

    at: float
    power: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """A power cut, and what the clock does after it."""

    begin: float
    end: float
    mode: ClockMode


def right_firings(plan: Sequence[Switching], begin: date, end: date) -> list[Firing]:
    """Return what has to happen, without what lies in an hour that is skipped or repeated."""
    found = []
    for day in map(date.fromordinal, range(begin.toordinal(), end.toordinal())):
        for one in plan:
            local = datetime.combine(day, one.at)
            if day.weekday() in one.days and not _is_special(local):
                found.append(Firing(local.replace(tzinfo=ZONE).timestamp(), one.power))
    return sorted(found)


def changes(begin: date, end: date) -> list[float]:
    """Return when local time jumps."""
    found = []
    for day in map(date.fromordinal, range(begin.toordinal(), end.toordinal())):
        moment = datetime.combine(day, time(), UTC)
        hours = (moment + hour * _HOUR for hour in range(24))
        found += [at.timestamp() for at in hours if _offset(at - _HOUR) != _offset(at)]
    return found


def draw_cuts(
    random: Random, firings: Sequence[Firing], jumps: Sequence[float], apart: tuple[float, float]
) -> Iterator[Cut]:
    """Yield power cuts for ever, so many days apart.

    Each third one ends as shortly before a timer as is no excuse any more; local time jumps during
    some. Their lengths are from seconds to half a day.
    """
    begin = firings[0].at
    while True:
        begin += random.uniform(*apart) * 86400.0
        end = begin + random.choice((1.0, 60.0, 3600.0, 43200.0)) * random.uniform(0.1, 1.0)
        jump = next((at for at in jumps if 0.0 < at - begin < 86400.0), None)
        if jump is not None and random.random() < 0.5:
            begin, end = (jump + side * random.uniform(1.0, 3000.0) for side in (-1, 1))
        elif random.random() < 1 / 3:
            following = bisect_left(firings, Firing(end + RECOVERY + TOLERANCE, power=False))
            if following < len(firings):
                latest = firings[following].at - RECOVERY - TOLERANCE
                end = latest - random.uniform(0.0, 5.0) if latest - 5.0 > begin else end
        yield Cut(begin, end, random.choice(WRONG_MODES))
        begin = end + RECOVERY


@dataclass(slots=True)
class Tally:
    """How the firings went that had to happen."""

    in_time: int = 0
    excused: int = 0  # by a power cut, or by the seconds after it
    earliest: float = 0.0  # s, from the right moment
    latest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def judge(
        self,
        right: Sequence[Firing],
        seen: Sequence[Firing],
        cuts: Sequence[Cut],
        span: tuple[float, float],
        who: str,
    ) -> None:
        """Compare what had to happen in a span with what happened, both ways.

        What was right reaches beyond the span on both sides.
        """
        for one in right:
            if not span[0] <= one.at < span[1]:
                continue
            near = [other.at - one.at for other in _near(seen, one)]
            if near:
                self.in_time += 1
                self.earliest = min(self.earliest, *near)
                self.latest = max(self.latest, *near)
            elif any(cut.begin - TOLERANCE <= one.at < cut.end + RECOVERY for cut in cuts):
                self.excused += 1
            else:
                self.faults.append(f"{who}: nothing was switched at {tell(one)}")
        self.faults += [
            f"{who}: switched by mistake at {tell(one)}"
            for one in seen
            if span[0] <= one.at < span[1] and not _near(right, one) and not _is_excused(one)
        ]


def tell(firing: Firing) -> str:
    """Return a moment as a person reads it, and what the relay becomes."""
    return f"{_local(firing.at):%a %Y-%m-%d %H:%M:%S.%f} {'on' if firing.power else 'off'}"


def _near(firings: Sequence[Firing], one: Firing) -> list[Firing]:
    first = bisect_left(firings, one.at - TOLERANCE, key=lambda other: other.at)
    last = bisect_right(firings, one.at + TOLERANCE, key=lambda other: other.at)
    return [other for other in firings[first:last] if other.power is one.power]


def _is_excused(one: Firing) -> bool:
    return _is_special(_local(one.at), TOLERANCE)


def _local(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, ZONE).replace(tzinfo=None)


def _offset(moment: datetime) -> timedelta | None:
    return moment.astimezone(ZONE).utcoffset()


def _is_special(local: datetime, margin: float = 0.0) -> bool:
    """Whether a local time, give or take some seconds, does not come exactly once."""
    around = (local + timedelta(seconds=seconds) for seconds in (-margin, 0.0, margin))
    return any(
        (one.replace(tzinfo=ZONE)).utcoffset() != one.replace(tzinfo=ZONE, fold=1).utcoffset()
        for one in around
    )
