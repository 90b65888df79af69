"""All questions in order; whatever happens, the relay is put back as it was."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
import re
from typing import Final

from ..errors import MalformedFrameError, NoAnswerError
from ..wire.answers import TableAnswer
from ..wire.requests import ReadTableRequest, SetPowerRequest
from ..wire.settings import SettingsRecord, decode_settings_untrusted
from .busy import COMMANDS, ask_busy_keep_alive, ask_busy_switch
from .clocks import ask_clock
from .finding import Finding, NotAsked
from .lifetime import ask_lifetime
from .module import ask_module
from .ports import ask_key, ask_pushes, ask_reply_port
from .report import Kind, Report
from .rhythm import Recorder
from .strangers import ask_strangers
from .subject import Subject
from .table_lengths import SETTINGS, ask_tables

NOT_RESTORED: Final = "the socket could not be switched back to what it was"
_RESTORING_TRIES: Final = 5
_USUAL_MODEL: Final = re.compile(r"SOC[0-9]{3}")

Ask = Callable[[Subject], Awaitable[Finding | list[Finding]]]
OnFinding = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, or several that are answered by the same requests."""

    name: str
    ask: Ask
    commands: str | None = None  # what it switches, in words for whoever has to agree
    is_long: bool = False


QUESTIONS: Final = (
    Question("clock", ask_clock),
    Question("tables", ask_tables),
    Question("at_channel", ask_module),
    Question("reply_port", ask_reply_port),
    Question("subscription_key", ask_key),
    Question("strangers", ask_strangers),
    Question("busy_for_keep_alive", ask_busy_keep_alive),
    Question(
        "busy_for_switching",
        ask_busy_switch,
        f"sends {COMMANDS} commands to stay as it is, on or off",
    ),
    Question("pushes", ask_pushes, "switches the socket to the other state and back"),
    Question("subscription_lifetime", ask_lifetime, is_long=True),
)


async def survey(
    subject: Subject,
    model: str,
    *,
    agreed: Collection[str] = (),
    is_long: bool = False,
    on_finding: OnFinding = lambda _: None,
) -> Report:
    """Ask all questions, and return the report.

    A question that switches is asked if its name is in `agreed`, a question of half an hour if
    `is_long`. NoAnswerError if the device is silent, and also if the survey was interrupted and the
    relay could not be put back.
    """
    recorder, findings = Recorder(subject), list[Finding]()

    def note(finding: Finding) -> None:
        findings.append(finding)
        on_finding(finding)

    with subject.hearing(recorder.hear):
        device = await _describe(subject, model)
        restored = []
        for question in QUESTIONS:
            if (why_not := _why_not(question, agreed, is_long=is_long)) is not None:
                note(Finding(question.name, why_not, {}))
            elif question.commands:
                restored.append(await _ask_and_restore(subject, question, note))
            else:
                await _ask(subject, question, note)
        if is_long:
            await subject.be_silent(recorder.left)
        note(recorder.finding())
    return Report(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        is_long=is_long,
        is_restored=all(restored) if restored else None,
        device=device,
        findings=tuple(findings),
    )


def _why_not(question: Question, agreed: Collection[str], *, is_long: bool) -> NotAsked | None:
    if question.commands and question.name not in agreed:
        return NotAsked.NOT_AGREED
    return NotAsked.TOO_LONG if question.is_long and not is_long else None


async def _ask(subject: Subject, question: Question, note: OnFinding) -> None:
    outcome = await question.ask(subject)
    for finding in [outcome] if isinstance(outcome, Finding) else outcome:
        note(finding)


async def _ask_and_restore(subject: Subject, question: Question, note: OnFinding) -> bool:
    """Ask a question that may switch; return whether the relay is as it was before."""
    before = await _require_power(subject)
    try:
        await _ask(subject, question, note)
    except BaseException:
        if not await _restore(subject, power=before):
            raise NoAnswerError(NOT_RESTORED) from None  # nobody must miss that
        raise
    return await _restore(subject, power=before)


async def _restore(subject: Subject, *, power: bool) -> bool:
    for _ in range(_RESTORING_TRIES):
        if await subject.subscribe() is power:
            return True
        await subject.ask(SetPowerRequest(subject.mac, power), tries=1)
    return await subject.subscribe() is power


async def _require_power(subject: Subject) -> bool:
    power = await subject.subscribe()
    if power is None:
        raise NoAnswerError(f"{subject.mac} at {subject.address} does not answer")
    return power


async def _describe(subject: Subject, model: str) -> Kind:
    await _require_power(subject)
    usual = model if _USUAL_MODEL.fullmatch(model) else "unusual"
    settings = await _settings(subject)
    if settings is None:
        return Kind(usual)
    return Kind(
        model=usual,
        hardware=settings.hardware,
        firmware=settings.firmware,
        wifi_firmware=settings.wifi_firmware,
        locked=not settings.discoverable,
    )


async def _settings(subject: Subject) -> SettingsRecord | None:
    heard = await subject.ask(ReadTableRequest(subject.mac, SETTINGS))
    if heard is None or not isinstance(heard.answer, TableAnswer) or not heard.answer.records:
        return None
    try:
        return decode_settings_untrusted(heard.answer.records[0])
    except MalformedFrameError:
        return None
