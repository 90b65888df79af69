"""MAC addresses, written everywhere in this package as lower-case pairs: `ac:cf:23:35:e6:aa`."""

import re

_SEPARATORS = re.compile(r"[\s:.\-]")
_TWELVE_DIGITS = re.compile(r"[0-9a-f]{12}")


def parse_mac(text: str) -> str:
    """Return a MAC typed in any usual notation in the notation of this package.

    `ACCF2335E6AA`, `ac-cf-23-35-e6-aa`, `accf.2335.e6aa` and the like. ValueError for anything
    else.
    """
    digits = _SEPARATORS.sub("", text).lower()
    if not _TWELVE_DIGITS.fullmatch(digits):
        raise ValueError(f"{text!r} is not a MAC address")
    return bytes.fromhex(digits).hex(":")
