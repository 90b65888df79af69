"""The simulated sockets' own delays: nobody can be faster, and nothing is lost."""

from random import Random

from tests.simulator.parameters import Parameters

DRAWS = 10_000
_SEED = 3


def commands(crowd: int = 1, draws: int = DRAWS) -> list[float]:
    """Return how long the slowest of a crowd takes from a command to its first report."""
    random, socket = Random(_SEED), Parameters()
    return [
        max(socket.latency.draw(random) + socket.push_delay.draw(random) for _ in range(crowd))
        for _ in range(draws)
    ]


def answers(crowd: int, draws: int = DRAWS) -> list[float]:
    """Return how long the slowest of a crowd takes to its first answer."""
    random, socket = Random(_SEED), Parameters()
    return [max(socket.latency.draw(random) for _ in range(crowd)) for _ in range(draws)]


def pushes() -> list[float]:
    """Return how long a report takes after the button was pressed."""
    random, socket = Random(_SEED), Parameters()
    return [socket.push_delay.draw(random) for _ in range(DRAWS)]


def searches(crowd: int, draws: int = DRAWS) -> list[float]:
    """Return how long the slowest of a crowd takes to the first answer to a search."""
    random, socket = Random(_SEED), Parameters()
    return [max(socket.burst_delay.draw(random) for _ in range(crowd)) for _ in range(draws)]
