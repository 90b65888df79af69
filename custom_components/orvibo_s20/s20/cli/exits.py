"""Exit codes, and the errors with an exit code of their own."""

from enum import IntEnum

from .. import NoAnswerError, S20Error


class Exit(IntEnum):
    """Of several sockets the highest code wins, so that success means that all went well."""

    DONE = 0  # for `getstate`: on
    OFF = 1  # of `getstate` only
    WRONG_USAGE = 2
    NO_ANSWER = 3
    PORT_IN_USE = 4
    REFUSED = 5  # or another device than the wanted one, or an answer that makes no sense
    FAULT = 70  # ours
    INTERRUPTED = 130  # Ctrl-C
    NO_READER = 141  # of what is printed, as in `| head -1`


class UsageError(Exception):
    """What was typed cannot be done; the text says why."""


class PortError(Exception):
    """The UDP port is taken; the text says by which program, and what to do."""


def exit_of(error: S20Error) -> Exit:
    """Return the exit code for an error of one socket."""
    return Exit.NO_ANSWER if isinstance(error, NoAnswerError) else Exit.REFUSED
