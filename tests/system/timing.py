"""Whether datagrams came at their moments, judged on a machine that has other things to do.

Such a machine is late, often, even for seconds, and never early. But it makes up for that, while a
pause that is wrong puts everything behind it off. So the most punctual datagram of all that came
before a moment is compared with the most punctual one of all that came after.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

ON_TIME: Final = 0.005  # s; half of the shortest pause


def shifts(pauses: Sequence[float], wanted: Sequence[float], parts: Sequence[int]) -> list[float]:
    """Return by how much (s) the schedule was put off, or is ahead, from each part to the next.

    A part is so many datagrams, each with a pause (s) behind it that was measured and wanted.
    """
    moments, due = accumulate(pauses, initial=0.0), accumulate(wanted, initial=0.0)
    late = [at - moment for at, moment in zip(moments, due, strict=True)]
    ends = list(accumulate(parts))[:-1]
    return [abs(min(late[end:]) - min(late[:end])) for end in ends]
