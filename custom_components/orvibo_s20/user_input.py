"""What users type: an address, a MAC, a network. A FormError tells what is wrong with it."""

from ipaddress import ip_network
from typing import Final

from homeassistant.const import CONF_HOST, CONF_MAC
from homeassistant.core import HomeAssistant

from .addresses import async_get_targets, async_resolve
from .s20 import Endpoint, Found, NoAnswerError, WrongDeviceError, identify, parse_mac

CONF_NETWORK: Final = "network"

_MOST_ADDRESSES: Final = 1024  # a minute's search
_VENDOR: Final = "ac:cf:23"  # Hi-Flying, the maker of the Wi-Fi module


class FormError(Exception):
    """What was typed or chosen leads nowhere; the text is a key in `config.error`."""

    def __init__(self, key: str, field: str = "base", **placeholders: str) -> None:
        """Keep the text for the field that is wrong, and what that text has to name."""
        super().__init__(key)
        self.errors = {field: key}
        self.placeholders = placeholders


def parse_network(text: str) -> list[str]:
    """Return the addresses in `10.20.0.0/24`, or the one of a device or for broadcasts."""
    try:
        network = ip_network("".join(text.split()), strict=False)
    except ValueError as error:
        raise FormError("invalid_network", CONF_NETWORK) from error
    if network.version != 4:  # noqa: PLR2004  the other one is IPv6
        raise FormError("network_is_ipv6", CONF_NETWORK)
    first, is_single = network.network_address, network.num_addresses == 1
    is_nowhere = first.is_multicast or first.is_unspecified or first.is_reserved
    if is_nowhere or (first.is_loopback and not is_single):
        raise FormError("invalid_network", CONF_NETWORK)
    if network.num_addresses > _MOST_ADDRESSES:
        raise FormError("network_too_large", CONF_NETWORK, most=str(_MOST_ADDRESSES))
    return [str(address) for address in network.hosts()]


async def async_ask_stranger(
    hass: HomeAssistant, endpoint: Endpoint, host: str, typed_mac: str
) -> Found:
    """Return who answers at a host; an empty MAC stands for anybody."""
    try:
        mac = parse_mac(typed_mac) if typed_mac.strip() else None
    except ValueError as error:
        raise FormError("invalid_mac", CONF_MAC) from error
    try:
        return await async_ask(hass, endpoint, host, mac)
    except NoAnswerError as error:
        raise FormError(_why_silent(mac)) from error


async def async_ask(hass: HomeAssistant, endpoint: Endpoint, host: str, mac: str | None) -> Found:
    """Return who answers at a host; NoAnswerError if nobody does."""
    if (address := await async_resolve(hass, host)) is None:
        raise FormError("invalid_host", CONF_HOST)
    targets = await async_get_targets(hass)
    try:
        return await identify(endpoint, address, mac=mac, elsewhere=targets)
    except WrongDeviceError as error:
        key = _which_mistake(error, address)
        raise FormError(
            key, mac=error.mac.upper(), address=error.address, model=error.model
        ) from error


def _why_silent(mac: str | None) -> str:
    """Return the key of the text for silence, by what the MAC tells about the device."""
    if mac is None:
        return "no_answer"
    return "no_answer_to_mac" if mac.startswith(_VENDOR) else "other_maker"


def _which_mistake(error: WrongDeviceError, address: str) -> str:
    """Return the key of the text for a device that is not the wanted one."""
    if error.is_s20:
        return "other_socket" if error.address == address else "mac_elsewhere"
    return "allone" if error.model.startswith("AllOne") else "not_supported"
