"""How long things take: distributions to draw from, all in seconds."""

from dataclasses import dataclass
from functools import cache
from math import exp, log
from random import Random
from statistics import NormalDist
from typing import Protocol

_STANDARD = NormalDist()


class Latency(Protocol):
    """A distribution of durations."""

    def draw(self, random: Random) -> float:
        """Return one duration in seconds."""


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anything between two bounds; equal bounds give a constant."""

    low: float
    high: float

    def draw(self, random: Random) -> float:
        """Return one duration in seconds."""
        return random.uniform(self.low, self.high)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A hump with a tail to the right, cut off at two bounds above 0."""

    median: float
    sigma: float  # of the natural logarithm
    low: float
    high: float

    def draw(self, random: Random) -> float:
        """Return one duration in seconds."""
        low, high = _shares_below(self)
        return self.median * exp(self.sigma * _STANDARD.inv_cdf(random.uniform(low, high)))


@cache
def _shares_below(hump: LogNormal) -> tuple[float, float]:
    """Return how much of the uncut hump lies below each bound."""
    low, high = (log(end / hump.median) / hump.sigma for end in (hump.low, hump.high))
    return _STANDARD.cdf(low), _STANDARD.cdf(high)


@dataclass(frozen=True, slots=True)
class Mixture:
    """Mostly `usual`, otherwise `other` with the probability `share`."""

    usual: Latency
    other: Latency
    share: float

    def draw(self, random: Random) -> float:
        """Return one duration in seconds."""
        chosen = self.other if random.random() < self.share else self.usual
        return chosen.draw(random)
