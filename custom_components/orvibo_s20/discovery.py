"""Where to look for devices: on all networks, or at the address that somebody typed."""

from ipaddress import AddressValueError, IPv4Address, IPv4Interface
import os
import re
import socket
from typing import Final

from homeassistant.components import network
from homeassistant.core import HomeAssistant

from .s20 import LIMITED_BROADCAST, PORT

_DIGITS_AND_DOTS: Final = re.compile(r"[\d.]+")
_LONGEST_PREFIX: Final = 30  # networks of one or two addresses have no broadcast address


async def async_get_targets(hass: HomeAssistant) -> set[str]:
    """Return the broadcast addresses of all enabled adapters.

    The limited broadcast leaves through one adapter only, the directed ones reach each network.
    """
    if targets := os.environ.get("ORVIBO_S20_TARGETS"):
        return set(targets.split(","))
    interfaces = {
        IPv4Interface(f"{ipv4['address']}/{ipv4['network_prefix']}")
        for adapter in await network.async_get_adapters(hass)
        if adapter["enabled"]
        for ipv4 in adapter["ipv4"]
    }
    directed = {
        str(interface.network.broadcast_address)
        for interface in interfaces
        if not interface.is_loopback and interface.network.prefixlen <= _LONGEST_PREFIX
    }
    return {LIMITED_BROADCAST} | directed


async def async_resolve(hass: HomeAssistant, host: str) -> str | None:
    """Return the IPv4 address that a host name or address means, None if it means no device."""
    if _DIGITS_AND_DOTS.fullmatch(host) and not _is_address(host):
        return None  # a resolver would complete it, or read it as octal
    try:
        results = await hass.loop.getaddrinfo(
            host, PORT, family=socket.AF_INET, type=socket.SOCK_DGRAM
        )
    except OSError, UnicodeError:
        return None
    address = IPv4Address(results[0][4][0])
    if address.is_multicast or address.is_unspecified or str(address) == LIMITED_BROADCAST:
        return None
    return str(address)


def _is_address(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True
