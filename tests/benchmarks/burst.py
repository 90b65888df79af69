"""How long very many sockets hold Home Assistant's loop when they speak at once.

    scripts/bench burst

A test finds what would hold it longer; how many milliseconds that are is up to the machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import gc
import os
import sys
from time import thread_time
from typing import Final

from tests.simulator.memory import VirtualLoop

MEASURE_VARIABLE: Final = "ORVIBO_S20_MEASURE_BURST"


@contextmanager
def timed_rounds(loop: VirtualLoop) -> Iterator[list[float]]:
    """Give the time (s) that each round of the loop computes, so that others have to wait.

    Other processes and the collection of garbage, which depends on everything else in this one,
    are left out.
    """
    moments, rounds = [0.0], list[float]()

    def turn() -> None:
        moments.append(thread_time())
        rounds.append(moments[-1] - moments[-2])

    gc.collect()
    gc.disable()
    moments[0] = thread_time()
    loop.on_turn = turn
    try:
        yield rounds
    finally:
        loop.on_turn = None
        gc.enable()


def main() -> int:
    """Measure by way of the tests, which have a Home Assistant. Returns the exit code."""
    os.environ[MEASURE_VARIABLE] = "yes"
    import pytest  # noqa: PLC0415  only the command needs it here

    tests = ["tests/integration/test_burst.py", "-k", "on_demand"]
    return int(
        pytest.main([*tests, "-q", "--show-capture=no", "--timeout=0", "-p", "no:cacheprovider"])
    )


if __name__ == "__main__":
    sys.exit(main())
