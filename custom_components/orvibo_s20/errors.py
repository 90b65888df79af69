"""Errors of the client as Home Assistant shows them, in the language of whoever reads them."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import (
    ConfigEntryNotReady,
    HomeAssistantError,
    ServiceValidationError,
)

from .const import DOMAIN
from .s20 import (
    Device,
    EndpointError,
    MalformedFrameError,
    NoAnswerError,
    NotKeptError,
    NotSwitchedError,
    RefusedError,
    S20Error,
)
from .s20.wire.tables import NAME_LENGTH, encode_name

_KEYS = {
    NoAnswerError: "no_answer",
    RefusedError: "refused",
    NotKeptError: "not_kept",
    NotSwitchedError: "not_switched",
    MalformedFrameError: "unknown_firmware",
    EndpointError: "closed",
}


def translated[E: HomeAssistantError](
    kind: type[E], error: S20Error, name: str, device: Device
) -> E:
    """Return an error of Home Assistant that says what the client's error means for the owner."""
    return kind(
        translation_domain=DOMAIN,
        translation_key=_KEYS.get(type(error), "closed"),
        translation_placeholders={"name": name, "address": device.address},
    )


@contextmanager
def translating(name: str, device: Device) -> Iterator[None]:
    """Turn an error of the client into a HomeAssistantError."""
    try:
        yield
    except S20Error as error:
        raise translated(HomeAssistantError, error, name, device) from error


def not_ready(key: str, **placeholders: str) -> ConfigEntryNotReady:
    """Return the error that says why an entry cannot be set up now."""
    return ConfigEntryNotReady(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def refusal(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error that says why a device cannot do or keep what is wanted."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def require_name(name: str) -> None:
    """Refuse a name that does not fit into a device."""
    try:
        encode_name(name)
    except ValueError as error:
        length = str(len(name.encode()))
        raise refusal(
            "name_does_not_fit", most=str(NAME_LENGTH), name=name, length=length
        ) from error
