"""Errors of pairing alone; silence, refusals and ports have errors of the whole package."""

from collections.abc import Collection
from enum import StrEnum

from ..errors import S20Error


class Reason(StrEnum):
    """Why something cannot be sent, for programs that have texts of their own."""

    SSID_LENGTH = "ssid_length"
    KEY_MISSING = "key_missing"
    KEY_UNWANTED = "key_unwanted"
    KEY_LENGTH = "key_length"
    KEY_NOT_ASCII = "key_not_ascii"
    CONTROL_CHARACTER = "control_character"
    COMMA = "comma"
    WPA3_ONLY = "wpa3_only"
    TARGET = "target"


class InputError(S20Error, ValueError):
    """A name, password or target cannot be used, and nothing was sent: see text and `reason`."""

    def __init__(self, reason: Reason, message: str) -> None:
        """Keep the reason beside the text."""
        super().__init__(message)
        self.reason = reason


class SeveralAnswersError(S20Error):
    """More than one device would obey, and none was changed: leave only one in pairing mode."""

    def __init__(self, devices: Collection[str]) -> None:
        """Keep the devices that answered, in words for people."""
        super().__init__(f"more than one device answers: {' and '.join(sorted(devices))}")
        self.devices = tuple(sorted(devices))
