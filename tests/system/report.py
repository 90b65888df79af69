"""What a person sees of a run: one line for each step, with the time that it took."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic


class CheckError(Exception):
    """Something is not as it should be; the text is for the person who started the run."""


def expect(condition: object, otherwise: str) -> None:
    """Raise CheckError with the text unless the condition holds."""
    if not condition:
        raise CheckError(otherwise)


def say(text: str = "", end: str = "\n") -> None:
    """Print for the person who started the run."""
    print(text, end=end, flush=True)  # noqa: T201 - the one place that does


class Report:
    """Prints the steps of a run as they happen."""

    def __init__(self) -> None:
        """Start the clock."""
        self._started_at = monotonic()
        self._steps = 0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Announce a step, and say afterwards how long it took."""
        started_at = monotonic()
        say(f"  {what} ... ", end="")
        try:
            yield
        except BaseException as error:
            word = "FAILED" if isinstance(error, Exception) else "interrupted"
            say(f"{word} after {monotonic() - started_at:.1f} s")
            raise
        self._steps += 1
        say(f"{monotonic() - started_at:.1f} s")

    def conclude(self) -> None:
        """Say that all is well."""
        say(f"All {self._steps} steps passed in {monotonic() - self._started_at:.0f} s.")
