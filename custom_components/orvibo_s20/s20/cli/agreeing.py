"""Questions to the person at the terminal that want a yes."""

from collections.abc import Iterator
from contextlib import contextmanager
import signal
import sys


def agrees(question: str) -> bool:
    """Return whether the person at the terminal types yes; False where there is no terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    with _plain_ctrl_c():
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in {"y", "yes"}


@contextmanager
def _plain_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C end a wait for the keyboard; asyncio's own handler needs a running loop."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
