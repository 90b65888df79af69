"""Whether datagrams came at their moments, judged on a machine that has other things to do.

Such a machine is late, often, and never early. So the earliest datagram of each part tells whether
the schedule is kept: a pause that is wrong puts everything behind it off, the earliest as well.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

ON_TIME: Final = 0.005  # s; half of the shortest pause


def delays(pauses: Sequence[float], wanted: Sequence[float], parts: Sequence[int]) -> list[float]:
    """Return how late (s) each part was, compared with the most punctual one.

    A part is so many datagrams, each with a pause (s) behind it that was measured and wanted.
    """
    moments, due = accumulate(pauses, initial=0.0), accumulate(wanted, initial=0.0)
    late = [at - moment for at, moment in zip(moments, due, strict=True)]
    begins = list(accumulate(parts, initial=0))
    earliest = [
        min(late[begin : begin + count]) for begin, count in zip(begins, parts, strict=False)
    ]
    return [delay - min(earliest) for delay in earliest]
