"""What a person sees while a run lasts; the table alone goes to standard output."""

import sys
from time import strftime


def progress(text: str) -> None:
    """Say what happens now."""
    sys.stderr.write(f"{strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()
