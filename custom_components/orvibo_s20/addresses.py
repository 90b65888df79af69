"""Where to look for devices: on all networks, or at the address that somebody typed."""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
import re
import socket
from typing import Final

from homeassistant.components.network import async_get_adapters
from homeassistant.core import HomeAssistant
from homeassistant.util.network import is_ipv4_address

from .s20 import LIMITED_BROADCAST, PORT

_DIGITS_AND_DOTS: Final = re.compile(r"[\d.]+")
_LONGEST_PREFIX: Final = 30  # networks of one or two addresses have no broadcast address


async def async_get_targets(hass: HomeAssistant) -> set[str]:
    """Return the broadcast addresses of all enabled adapters.

    The limited broadcast leaves through one adapter only, the directed ones reach each network.
    """
    networks = await _async_get_networks(hass)
    return {LIMITED_BROADCAST, *(str(network.broadcast_address) for network in networks)}


async def async_get_broadcasts(hass: HomeAssistant) -> dict[str, str]:
    """Return the broadcast address of each network, with the network; the usual one comes first."""
    networks = await _async_get_networks(hass)
    return {str(network.broadcast_address): str(network) for network in networks} or {
        LIMITED_BROADCAST: LIMITED_BROADCAST
    }


async def async_is_local(hass: HomeAssistant, address: str) -> bool:
    """Return whether a broadcast of ours reaches the address, and its broadcasts us."""
    return any(IPv4Address(address) in network for network in await _async_get_networks(hass))


async def _async_get_networks(hass: HomeAssistant) -> list[IPv4Network]:
    """Return the networks of all enabled adapters that have a broadcast address.

    Those of the default adapter come first.
    """
    adapters = sorted(await async_get_adapters(hass), key=lambda adapter: not adapter["default"])
    interfaces = (
        IPv4Interface(f"{ipv4['address']}/{ipv4['network_prefix']}")
        for adapter in adapters
        if adapter["enabled"]
        for ipv4 in adapter["ipv4"]
    )
    return [
        interface.network
        for interface in interfaces
        if not interface.is_loopback and interface.network.prefixlen <= _LONGEST_PREFIX
    ]


async def async_resolve(hass: HomeAssistant, host: str) -> str | None:
    """Return the IPv4 address that a host name or address means, None if it means no device."""
    if _DIGITS_AND_DOTS.fullmatch(host) and not is_ipv4_address(host):
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
