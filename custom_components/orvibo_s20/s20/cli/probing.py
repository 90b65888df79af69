"""The command that finds out about a socket what no recording shows, and writes a report."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import signal
from typing import Final

from .. import Found, S20Error
from ..probe import NOT_RESTORED, QUESTIONS, Finding, Question, Report, Subject, survey
from .agreeing import agrees
from .exits import Exit, UsageError, exit_of
from .locating import locate
from .options import Options, Words, add_words, options_of
from .output import complain
from .session import Session, open_session

COLUMNS: Final = ("question", "finding")
PREFIX: Final = "s20-probe"
_ENDINGS: Final = [one for one in signal.Signals if one.name in {"SIGTERM", "SIGHUP"}]


def add_probe_words(parser: ArgumentParser) -> None:
    """Have the command take one MAC, targets and its own options."""
    add_words(parser, Words.ONE)
    add = parser.add_argument
    add("--long", action="store_true", help="ask also what takes half an hour")
    add("--yes", action="store_true", help="agree to all questions that send switching commands")
    add("--output", default=PREFIX, metavar="PREFIX", help="of the two files of the report")


async def probe(typed: Namespace) -> Exit:
    """Ask the person at the terminal what may be switched, then the socket; write a report."""
    options = options_of(typed, Words.ONE)
    _require_folder(typed.output)
    agreed = {one.name for one in QUESTIONS if one.commands and (typed.yes or _agrees(one))}
    with _ended_gently():
        return await _carry_out(typed, options, agreed)


async def _carry_out(typed: Namespace, options: Options, agreed: set[str]) -> Exit:
    async with open_session(options) as session:
        try:
            report = await _survey(session, agreed, is_long=typed.long)
        except S20Error as error:
            code = exit_of(error)
            session.output.failure(options.macs[0], error, code)
            return code
    if report.is_restored is False:  # told before the files, which may fail
        complain(NOT_RESTORED)
    _write(report, typed.output)
    return Exit.NO_ANSWER if report.is_restored is False else Exit.DONE


async def _survey(session: Session, agreed: set[str], *, is_long: bool) -> Report:
    options = session.options
    [mac] = options.macs

    async def attempt() -> Found:
        return await locate(session.endpoint, mac, options.targets)

    found = await session.persist(attempt, silence=f"{mac} did not answer")
    complain("this takes about half an hour" if is_long else "this takes about two minutes")
    session.output.header(COLUMNS)
    async with Subject(
        session.endpoint, mac, found.address, options.bind, on_silence=_tell_silence
    ) as subject:
        return await survey(
            subject,
            found.answer.model,
            agreed=agreed,
            is_long=is_long,
            on_finding=lambda finding: _show(session, finding),
        )


def _show(session: Session, finding: Finding) -> None:
    verdict = finding.verdict
    if session.output.as_json:
        row = {"question": finding.question, "verdict": verdict.name.lower(), "means": str(verdict)}
        session.output.row(row)
    else:
        question = finding.question.replace("_", " ")
        session.output.row(dict(zip(COLUMNS, (question, str(verdict)), strict=True)))


def _tell_silence(seconds: float) -> None:
    complain(f"asking nothing for {seconds:.0f} s")


def _agrees(question: Question) -> bool:
    name = question.name.replace("_", " ")
    return agrees(f"The question `{name}` {question.commands}. Ask it?")


@contextmanager
def _ended_gently() -> Iterator[None]:
    """Let a shutdown and a closed terminal do what Ctrl-C does, which puts the relay back."""
    endings = [one for one in _ENDINGS if signal.getsignal(one) is signal.SIG_DFL]  # not of nohup
    for one in endings:
        signal.signal(one, signal.getsignal(signal.SIGINT))
    try:
        yield
    finally:
        for one in endings:
            signal.signal(one, signal.SIG_DFL)


def _require_folder(prefix: str) -> None:
    folder = Path(f"{prefix}.json").parent
    if not os.access(folder, os.W_OK):
        raise UsageError(f"cannot write into {folder}")


def _write(report: Report, prefix: str) -> None:
    for ending, text in (("json", report.to_json()), ("txt", report.to_text())):
        try:
            Path(f"{prefix}.{ending}").write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {prefix}.{ending}: {error.strerror}") from error
    complain(
        f"the report is in {prefix}.json and {prefix}.txt.\n"
        "It holds neither MAC, address, name nor password. Look at it, and attach both to an issue."
    )
