"""Whether datagrams came at their moments, judged on a machine that has other things to do.

Such a machine is late now and then, and never early. So the first who are at their moment tell when
all of it began, and the share of those at their moment whether the schedule is kept: a pause that
is wrong puts everything behind it off.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

ON_TIME: Final = 0.005  # s; half of the shortest pause
ENOUGH: Final = 1 / 3  # of the datagrams of each part


def punctuality(
    pauses: Sequence[float], wanted: Sequence[float], parts: Sequence[int]
) -> list[float]:
    """Return which share of each part was at its moment.

    A part is so many datagrams, each with a pause (s) behind it that was measured and wanted.
    """
    moments, due = accumulate(pauses, initial=0.0), accumulate(wanted, initial=0.0)
    delays = [at - moment for at, moment in zip(moments, due, strict=True)]
    begin, shares, first = min(delays), [], 0
    for count in parts:
        part = delays[first : first + count]
        shares.append(sum(delay - begin < ON_TIME for delay in part) / count)
        first += count
    return shares
