"""How long does a subscription last that nobody renews?"""

from math import ceil

from .finding import Finding, Verdict
from .subject import Subject

# s; recordings say between 240 and 312, people say about 300. Halved until two neighbours are left.
SILENCES = (30, 120, 200, 240, 270, 290, 298, 302, 310, 330, 420, 600, 900)
_TRIES = 2  # more would blur the end


class Lifetime(Verdict):
    """Whether a subscription ends that nobody renews."""

    ENDS = "ends when nobody renews it"
    LONGER = "had not ended after the longest silence that was tried"
    UNCLEAR = "nobody can tell: it never worked"


async def ask_lifetime(subject: Subject) -> Finding:
    """Subscribe, be silent, and see whether the subscription is still there; again and again."""
    ended: float | None = None
    low, high = -1, len(SILENCES)
    is_made = await subject.subscribe() is not None and await subject.is_subscribed()
    while is_made and high - low > 1:
        middle = (low + high) // 2
        if await subject.subscribe() is None:
            is_made = False
        elif (silence := await _fatal_silence(subject, SILENCES[middle])) is None:
            low = middle
        else:
            high, ended = middle, silence
    alive = SILENCES[low] if low >= 0 else 0
    evidence = {"alive_after_s": alive, "ended_after_s": ended and ceil(ended)}
    return Finding("subscription_lifetime", judge_lifetime(ended, is_made=is_made), evidence)


def judge_lifetime(ended: float | None, *, is_made: bool) -> Lifetime:
    """Judge the shortest silence (s) that a subscription did not outlive, if there was one."""
    if not is_made:
        return Lifetime.UNCLEAR
    return Lifetime.LONGER if ended is None else Lifetime.ENDS


async def _fatal_silence(subject: Subject, silence: float) -> float | None:
    """Return how long (s) a silence was in the end, None if a subscription outlived it."""
    begin = subject.endpoint.now()
    await subject.be_silent(silence)
    is_alive = await subject.is_subscribed(tries=_TRIES)
    return None if is_alive else subject.endpoint.now() - begin
