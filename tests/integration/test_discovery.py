"""Which addresses are asked when everybody is."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.orvibo_s20 import discovery
from custom_components.orvibo_s20.discovery import async_get_targets, async_is_local


def adapter(address: str, prefix: int, *, enabled: bool = True) -> dict[str, Any]:
    """Return a network adapter as Home Assistant describes it."""
    ipv4 = [{"address": address, "network_prefix": prefix}]
    return {"name": "eth", "enabled": enabled, "ipv4": ipv4, "ipv6": []}


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

    monkeypatch.setattr(discovery, "async_get_adapters", adapters)
    assert await async_get_targets(hass) == {
        "255.255.255.255",
        "192.168.1.255",
        "10.20.255.255",
        "172.16.0.3",
    }
    assert await async_is_local(hass, "10.20.99.99")
    assert not await async_is_local(hass, "10.21.0.1")


async def test_developers_may_ask_elsewhere(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORVIBO_S20_TARGETS", "127.255.255.255,127.0.0.99")
    assert await async_get_targets(hass) == {"127.255.255.255", "127.0.0.99"}
