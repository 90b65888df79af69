"""The commands that find sockets."""

from datetime import UTC, datetime

from .. import Drop, Found, NoAnswerError, decode_clock
from .exits import Exit
from .locating import ask_targets
from .output import Row, complain
from .session import Session


async def discover_all(session: Session) -> Exit:
    """Show everything that answers; anything that is no S20 does not count as success."""
    found: dict[str, Found] = {}

    def note(one: Found) -> None:
        found.setdefault(one.mac, one)

    async def attempt() -> None:
        await ask_targets(session.endpoint, session.options.targets, on_found=note)
        if not found:
            raise NoAnswerError("no socket answers")

    try:
        await session.persist(attempt, silence="no socket answered")
    except NoAnswerError as error:
        if not found:
            complain(str(error))
            return Exit.NO_ANSWER
    session.output.table([_row(one) for one in found.values()])
    if count := session.endpoint.dropped[Drop.FLOOD]:
        complain(f"answers that were left out, as too many devices answered: {count}")
    return Exit.DONE if any(one.answer.is_s20 for one in found.values()) else Exit.REFUSED


async def discover(session: Session) -> Exit:
    """Show where the named sockets are, also locked ones."""

    async def describe(_device: object, found: Found) -> Row:
        return _row(found)

    rows, code = await session.with_each(describe)
    session.output.table(rows)
    return code


def _row(found: Found) -> Row:
    answer = found.answer
    return {
        "mac": found.mac,
        "address": found.address,
        "model": answer.kind,
        "power": answer.power,
        "clock": clock_text(answer.clock),
    }


def clock_text(value: int) -> str | None:
    """Return what the clock of a socket shows, UTC; None if never set."""
    moment = decode_clock(value, datetime.now(UTC))
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
