"""Where to look for devices: this installation's networks, and what an address that somebody typed means."""

from ipaddress import IPv4Address, IPv4Interface
import os
import socket

from homeassistant.components import network
from homeassistant.core import HomeAssistant

from .s20 import LIMITED_BROADCAST, PORT


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
        if not interface.is_loopback and interface.network.prefixlen < 31
    }
    return {LIMITED_BROADCAST} | directed


async def async_resolve(hass: HomeAssistant, host: str) -> str | None:
    """Return the IPv4 address of one device behind an address or host name, None if there is none."""
    try:
        results = await hass.loop.getaddrinfo(
            host, PORT, family=socket.AF_INET, type=socket.SOCK_DGRAM
        )
    except (OSError, UnicodeError):
        return None
    address = IPv4Address(results[0][4][0])
    if address.is_multicast or address.is_unspecified or str(address) == LIMITED_BROADCAST:
        return None
    return str(address)
