"""Which addresses are asked when everybody is."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.orvibo_s20 import addresses
from custom_components.orvibo_s20.addresses import (
    async_get_broadcasts,
    async_get_targets,
    async_is_local,
)


def adapter(
    address: str, prefix: int, *, enabled: bool = True, default: bool = False
) -> dict[str, Any]:
    """Return a network adapter as Home Assistant describes it."""
    ipv4 = [{"address": address, "network_prefix": prefix}]
    return {"name": "eth", "enabled": enabled, "default": default, "ipv4": ipv4, "ipv6": []}


async def test_all_enabled_adapters_are_asked(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def adapters(_hass: HomeAssistant) -> list[dict[str, Any]]:
        return [
            adapter("192.168.1.7", 24),
            adapter("10.20.1.7", 16),
            adapter("172.16.0.1", 30),
            adapter("192.168.9.7", 24, enabled=False),
            adapter("127.0.0.1", 8),
            adapter("10.9.9.1", 32),
            adapter("10.9.8.0", 31),
        ]

    monkeypatch.setattr(addresses, "async_get_adapters", adapters)
    assert await async_get_targets(hass) == {
        "255.255.255.255",
        "192.168.1.255",
        "10.20.255.255",
        "172.16.0.3",
    }
    assert await async_is_local(hass, "10.20.99.99")
    assert not await async_is_local(hass, "10.21.0.1")


async def test_networks_are_offered_with_that_of_the_default_adapter_first(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def adapters(_hass: HomeAssistant) -> list[dict[str, Any]]:
        return [adapter("10.20.1.7", 16), adapter("192.168.1.7", 24, default=True)]

    monkeypatch.setattr(addresses, "async_get_adapters", adapters)
    assert list((await async_get_broadcasts(hass)).items()) == [
        ("192.168.1.255", "192.168.1.0/24"),
        ("10.20.255.255", "10.20.0.0/16"),
    ]


async def test_without_a_network_there_is_the_limited_broadcast(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def adapters(_hass: HomeAssistant) -> list[dict[str, Any]]:
        return []

    monkeypatch.setattr(addresses, "async_get_adapters", adapters)
    assert set(await async_get_broadcasts(hass)) == {"255.255.255.255"}
