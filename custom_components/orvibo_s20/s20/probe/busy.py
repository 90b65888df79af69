"""For how long after a subscribe answer is a request lost?"""

import asyncio
from collections.abc import Callable, Mapping

from ..wire.answers import SubscribeAnswer
from ..wire.requests import Request, SetPowerRequest, SubscribeRequest
from .finding import Finding, Verdict
from .requests import KeepAliveRequest
from .subject import Subject

PAUSES = (0, 3, 5, 8, 12, 20, 30, 50, 100)  # ms
TRIALS = 3  # of each pause, so that one lost datagram does not count
COMMANDS = len(PAUSES) * TRIALS

After = Callable[[str, bool], Request]  # what follows, by MAC and the relay state just told


class Window(Verdict):
    """Whether requests are lost that follow too soon."""

    NONE = "nothing is lost, however soon it follows"
    SHORT = "what follows too soon is lost"
    UNCLEAR = "no pattern: everything was lost, or now and then something"


async def ask_busy_keep_alive(subject: Subject) -> Finding:
    """Send a keep-alive after each subscribe answer; that changes nothing."""
    return await _ask(subject, "busy_for_keep_alive", lambda mac, _: KeepAliveRequest(mac))


async def ask_busy_switch(subject: Subject) -> Finding:
    """Send a command after each subscribe answer, for the state in which the relay is."""
    return await _ask(subject, "busy_for_switching", SetPowerRequest)


def judge_window(heard: Mapping[int, int]) -> Window:
    """Judge how many of the requests were heard after each pause (ms), the shortest first."""
    is_heard = [2 * count > TRIALS for count in heard.values()]
    if is_heard != sorted(is_heard) or not any(is_heard):
        return Window.UNCLEAR
    return Window.NONE if all(is_heard) else Window.SHORT


async def _ask(subject: Subject, name: str, after: After) -> Finding:
    heard = dict.fromkeys(PAUSES, 0)
    for pause in PAUSES:
        for _ in range(TRIALS):
            heard[pause] += await _is_heard(subject, pause / 1000, after)
    evidence = {f"heard_after_{pause}_ms": count for pause, count in heard.items()}
    return Finding(name, judge_window(heard), {"trials": TRIALS, **evidence})


async def _is_heard(subject: Subject, pause: float, after: After) -> bool:
    subscribed = await subject.ask(SubscribeRequest(subject.mac))
    if subscribed is None or not isinstance(subscribed.answer, SubscribeAnswer):
        return False
    request = after(subject.mac, subscribed.answer.power)
    if pause:
        await asyncio.sleep(pause)
    return await subject.ask_now(request) is not None
