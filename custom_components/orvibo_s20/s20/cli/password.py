"""The password of a Wi-Fi: typed unseen or read from a file, never a word of the command."""

from getpass import GetPassWarning, getpass
from pathlib import Path
import signal
import sys
from typing import Final
import warnings

from ..pairing import Password
from .exits import UsageError

STANDARD_INPUT: Final = "-"
_PROMPT: Final = "Password of the Wi-Fi: "
_MOST: Final = 1024  # bytes; the longest password has 64


def ask_password(file: str | None) -> Password:
    """Return the password in a file, or without a file the password that is typed.

    UsageError if the file cannot be read, or there is no terminal.
    """
    return _typed() if file is None else _written(file)


def _written(file: str) -> Password:
    """Return the first line of a file, without the mark that some editors put before a text.

    Bytes that are no text are kept as they are, and refused where the password is used: the error
    of decoding would show the password.
    """
    if file == STANDARD_INPUT and sys.stdin is None:
        raise UsageError("standard input is closed")
    try:
        if file == STANDARD_INPUT:
            line = sys.stdin.buffer.readline(_MOST)
        else:
            with Path(file).open("rb") as opened:
                line = opened.readline(_MOST)
    except OSError as error:
        raise UsageError(f"cannot read the password from {file}: {error.strerror}") from error
    return Password(line.rstrip(b"\r\n").decode("utf-8-sig", errors="surrogateescape"))


def _typed() -> Password:
    """Return what is typed at the terminal, unseen. Nothing else is going on while this waits."""
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # or Ctrl-C would wait as well
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)  # it would be seen, so do not type it
            return Password(getpass(_PROMPT))
    except UnicodeDecodeError:  # shows what was typed
        raise UsageError("what was typed is no text in the encoding of this terminal") from None
    except (EOFError, GetPassWarning):
        raise UsageError(
            "there is no terminal to type the password at: give --password-file FILE, or - for"
            " standard input"
        ) from None
    finally:
        signal.signal(signal.SIGINT, ours)
