"""When does the device announce itself? Recorded while all other questions are asked."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from ..wire.answers import DiscoveryAnswer
from .finding import Finding, Verdict
from .subject import Heard, Subject

LISTENING_TIME = 1320.0  # s, in which two whole runs fit whenever it begins
_PAUSE = 30.0  # s; without an announcement for so long, a run is over
_COPIES = range(18, 22)  # of a run; some get lost
_SPACING = (3.0, 3.4)  # s
_PERIOD = (595.0, 605.0)  # s
_MOST = 2000  # announcements; what floods us is not kept

Run = list[float]


class Rhythm(Verdict):
    """How announcements come."""

    AS_RECORDED = "runs of 21, 3.2 s apart, every 600 s, as recorded"
    OTHER = "another rhythm than the recorded one"
    TOO_SHORT = "heard, but not for long enough to tell the rhythm"
    NOT_HEARD = "none was heard"


class Recorder:
    """Keeps the moments of announcements."""

    def __init__(self, subject: Subject) -> None:
        """Begin to listen now."""
        self._endpoint = subject.endpoint
        self._begin = subject.endpoint.now()
        self._times: Run = []
        self._left_out = 0

    def hear(self, heard: Heard) -> None:
        """Take something that the device says; announcements beyond the limit are only counted."""
        answer = heard.answer
        if not (isinstance(answer, DiscoveryAnswer) and self._endpoint.is_announcement(answer)):
            return
        if len(self._times) < _MOST:
            self._times.append(heard.at)
        else:
            self._left_out += 1

    @property
    def left(self) -> float:
        """How much longer to listen for two whole runs, s."""
        return max(0.0, self._begin + LISTENING_TIME - self._endpoint.now())

    def finding(self) -> Finding:
        """Return the finding about all announcements until now."""
        runs, now = split(self._times), self._endpoint.now()
        whole = [run for run in runs if self._begin + _PAUSE < run[0] and run[-1] < now - _PAUSE]
        gaps = [later - earlier for run in runs for earlier, later in pairwise(run)]
        starts = [later[0] - earlier[0] for earlier, later in pairwise(whole)]
        evidence = {
            "listened_s": round(now - self._begin),
            "heard": len(self._times),
            "left_out": self._left_out,
            "whole_runs": len(whole),
            "copies_of_a_run": max(map(len, whole), default=None),
            "spacing_s": round(median(gaps), 2) if gaps else None,
            "period_s": round(median(starts), 1) if starts else None,
        }
        return Finding("announcements", judge_rhythm(runs, whole), evidence)


def judge_rhythm(runs: list[Run], whole: list[Run]) -> Rhythm:
    """Judge all runs (moments, s), and the whole runs: those of which neither end was missed."""
    if not runs:
        return Rhythm.NOT_HEARD
    if any(len(run) > _COPIES.stop for run in runs):
        return Rhythm.OTHER
    if len(whole) < 2:  # noqa: PLR2004  a period is between two
        return Rhythm.TOO_SHORT
    return Rhythm.AS_RECORDED if _is_as_recorded(whole) else Rhythm.OTHER


def split(times: Run) -> list[Run]:
    """Return the runs that moments (s) belong to."""
    return list(_runs(times))


def _runs(times: Run) -> Iterator[Run]:
    run: Run = []
    for moment in times:
        if run and moment - run[-1] > _PAUSE:
            yield run
            run = []
        run.append(moment)
    if run:
        yield run


def _is_as_recorded(whole: list[Run]) -> bool:
    if max(map(len, whole)) not in _COPIES:
        return False
    spacing = median(later - earlier for run in whole for earlier, later in pairwise(run))
    period = median(later[0] - earlier[0] for earlier, later in pairwise(whole))
    return _SPACING[0] <= spacing <= _SPACING[1] and _PERIOD[0] <= period <= _PERIOD[1]
