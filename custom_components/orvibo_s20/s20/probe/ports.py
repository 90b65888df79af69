"""Where do answers go, and who is a subscriber: an address of ours, or each of its ports?"""

import asyncio
from collections import Counter

from ..wire.answers import PowerPush, SubscribeAnswer
from ..wire.requests import SetPowerRequest, SubscribeRequest
from .finding import Finding, Verdict
from .subject import TRIES, Door, Heard, Subject

PUSH_TIME = 1.0  # s; the second copy of a push comes within 57 ms


class ReplyPort(Verdict):
    """Where an answer goes to."""

    USUAL = "port 10000, whatever port asked"
    SOURCE = "the port that asked"
    UNCLEAR = "no answer, or answers to both ports"


class Key(Verdict):
    """What counts as one subscriber."""

    ADDRESS = "an address, whatever its ports"
    PORT = "each port of an address"
    UNCLEAR = "nobody can tell: a logout or a subscription had no effect"


class Pushes(Verdict):
    """Which subscribers get a push."""

    ONE = "one pair of pushes for an address that subscribed from two ports"
    EACH = "one pair of pushes for each port that subscribed"
    UNCLEAR = "no push came"


async def ask_reply_port(subject: Subject) -> Finding:
    """Subscribe from another port than the usual one."""
    counts: Counter[Door] = Counter()

    def count(heard: Heard) -> None:
        if isinstance(heard.answer, SubscribeAnswer):
            counts[heard.door] += 1

    for _ in range(TRIES):
        with subject.hearing(count):
            await subject.ask(SubscribeRequest(subject.mac), Door.OTHER, tries=1)
            await asyncio.sleep(PUSH_TIME)
    return Finding("reply_port", judge_reply_port(counts), _evidence(counts))


def judge_reply_port(counts: Counter[Door]) -> ReplyPort:
    """Judge how many answers came to each port of ours, when the other one asked."""
    match counts[Door.USUAL] > 0, counts[Door.OTHER] > 0:
        case True, False:
            return ReplyPort.USUAL
        case False, True:
            return ReplyPort.SOURCE
    return ReplyPort.UNCLEAR


async def ask_key(subject: Subject) -> Finding:
    """Subscribe from one port and keep the subscription alive from another."""
    is_forgotten = await subject.unsubscribe()
    is_made = await subject.subscribe(Door.OTHER) is not None
    is_kept = await subject.is_subscribed()
    verdict = judge_key(is_forgotten=is_forgotten, is_made=is_made, is_kept=is_kept)
    return Finding("subscription_key", verdict, {"logout_works": is_forgotten})


def judge_key(*, is_forgotten: bool, is_made: bool, is_kept: bool) -> Key:
    """Judge whether one port could keep alive the subscription of another port."""
    if not is_forgotten or not is_made:
        return Key.UNCLEAR
    return Key.ADDRESS if is_kept else Key.PORT


async def ask_pushes(subject: Subject) -> Finding:
    """Subscribe from two ports, and switch to the other state and back."""
    counts: Counter[Door] = Counter()

    def count(heard: Heard) -> None:
        if isinstance(heard.answer, PowerPush):
            counts[heard.door] += 1

    await subject.unsubscribe()
    await subject.subscribe(Door.OTHER)
    power = await subject.subscribe()
    acknowledged = 0
    if power is not None:
        with subject.hearing(count):
            for state in (not power, power):
                answer = await subject.ask(SetPowerRequest(subject.mac, state), tries=1)
                acknowledged += answer is not None
                await asyncio.sleep(PUSH_TIME)
    evidence = {"changes": acknowledged, **_evidence(counts)}
    return Finding("pushes", judge_pushes(counts.total(), acknowledged), evidence)


def judge_pushes(pushes: int, changes: int) -> Pushes:
    """Judge how many pushes came to both ports together; each change is pushed twice."""
    if not pushes or not changes:
        return Pushes.UNCLEAR
    return Pushes.ONE if pushes <= 2 * changes else Pushes.EACH


def _evidence(counts: Counter[Door]) -> dict[str, int]:
    return {"to_port_10000": counts[Door.USUAL], "to_other_port": counts[Door.OTHER]}
