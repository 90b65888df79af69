"""Does reading work without a subscription?

Only requests that read are sent. `tm` and `cs` write, even if they write what is stored already:
`tm` counts a change of the table, `cs` sets a clock that may never have been set.
"""

from collections.abc import Mapping
from enum import StrEnum

from ..wire.answers import Answer, CountdownAnswer, TableAnswer
from ..wire.requests import CountdownRequest, ReadTableRequest, Request
from .finding import Finding, Verdict
from .subject import Heard, Subject
from .table_lengths import INDEX, SETTINGS

_SUCCESS = 0


class Need(Verdict):
    """Whether a subscription is needed."""

    NEEDED = "needs a subscription"
    NOT_NEEDED = "works without a subscription"
    UNCLEAR = "nobody can tell: it never worked, or a logout had no effect"


class Reaction(StrEnum):
    """What came back after a request."""

    ANSWERED = "answered"
    REFUSED = "refused"  # an answer with an error, which nobody has seen yet
    SILENT = "silent"


async def ask_strangers(subject: Subject) -> list[Finding]:
    """Read as a subscriber and as a stranger; that changes nothing."""
    requests: Mapping[str, Request] = {
        "index_unsubscribed": ReadTableRequest(subject.mac, INDEX),
        "settings_unsubscribed": ReadTableRequest(subject.mac, SETTINGS),
        "countdown_unsubscribed": CountdownRequest(subject.mac, read=True),
    }
    await subject.subscribe()
    usual = {name: await _reaction(subject, request) for name, request in requests.items()}
    is_stranger = await subject.unsubscribe()
    as_stranger = {name: await _reaction(subject, request) for name, request in requests.items()}
    return [
        Finding(
            name,
            judge_need(usual[name], as_stranger[name], is_stranger=is_stranger),
            {"subscribed": usual[name], "unsubscribed": as_stranger[name]},
        )
        for name in requests
    ]


def judge_need(usual: Reaction, as_stranger: Reaction, *, is_stranger: bool) -> Need:
    """Judge the answers to a subscriber, and to a stranger if we could be a stranger."""
    if usual is not Reaction.ANSWERED or not is_stranger:
        return Need.UNCLEAR
    return Need.NOT_NEEDED if as_stranger is Reaction.ANSWERED else Need.NEEDED


async def _reaction(subject: Subject, request: Request) -> Reaction:
    heard: Heard | None = await subject.ask(request)
    if heard is None:
        return Reaction.SILENT
    return Reaction.ANSWERED if _is_success(heard.answer) else Reaction.REFUSED


def _is_success(answer: Answer) -> bool:
    return isinstance(answer, TableAnswer | CountdownAnswer) and answer.result == _SUCCESS
