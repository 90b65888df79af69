"""How often and how long each part measures."""

from dataclasses import dataclass
from typing import Final

SOCKETS: Final = 10  # in the comparison
LOSSES: Final = (0.0, 0.1, 0.3)  # each way


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Bounds of one run; times are seconds, and what has three values has one for each loss."""

    commands: int = 1000  # of the client alone, at each loss
    # Service calls to our integration, one after the other: each socket about once a second. Within
    # 0.3 s of the proof of an opposite command a new proof takes more than a push.
    calls: tuple[int, int, int] = (400, 400, 400)
    their_calls: tuple[int, int, int] = (60, 50, 40)  # the other takes up to 6 s for one
    crowds: tuple[int, ...] = (1, 10, 100, 1000)  # sockets switched at once
    crowd_rounds: int = 20
    thousand_rounds: int = 3  # instead, for the largest crowd
    home_rounds: int = 20  # all ten at once, in Home Assistant
    presses: int = 1000
    home_presses: int = 10  # of each socket
    their_presses: int = 1  # each is seen half a minute later
    searches: int = 50
    home_searches: int = 5
    set_ups: int = 10
    starts: int = 2
    start_time: float = 10.0  # until Home Assistant has done what it does after its start
    load_time: float = 60.0  # for each look at the CPU; both poll every 30 s
    their_load_time: float = 30.0
    settle_time: float = 75.0  # until our integration takes silent sockets for absent
    their_settle_time: float = 35.0  # the other finds out with its next poll
    move_patience: float = 35.0
    back_patience: float = 60.0  # until a socket that was away is there again
    seconds_per_loop: float = 0.5  # for what only computes


FULL: Final = Sizes()
QUICK: Final = Sizes(
    commands=200,
    calls=(30, 20, 10),
    their_calls=(12, 6, 4),
    crowds=(1, 10, 100),
    crowd_rounds=5,
    home_rounds=4,
    presses=200,
    home_presses=1,
    searches=5,
    home_searches=1,
    set_ups=10,
    starts=1,
    start_time=3.0,
    load_time=6.0,
    their_load_time=6.0,
    settle_time=3.0,
    their_settle_time=3.0,
    move_patience=5.0,
    back_patience=2.0,
    seconds_per_loop=0.1,
)
