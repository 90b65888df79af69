"""What a helper needs to know about one entry, without anything that tells where or whose it is."""

from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant

from .coordinator import OrviboConfigEntry, OrviboCoordinator
from .s20 import Lan, SettingsRecord
from .shared_lan import async_get_shared_lan

_PRIVATE: Final = {CONF_HOST, "title", "unique_id"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: OrviboConfigEntry
) -> dict[str, Any]:
    """Return a snapshot of what is known already; nothing is asked."""
    lan = async_get_shared_lan(hass).lan
    told = {
        "entry": async_redact_data(entry.as_dict(), _PRIVATE),
        "endpoint": lan and _count(lan),
    }
    if entry.state is ConfigEntryState.LOADED:
        told |= _describe_device(entry.runtime_data, hass.loop.time())
    return told


def _describe_device(coordinator: OrviboCoordinator, now: float) -> dict[str, Any]:
    device, heard_at = coordinator.device, coordinator.device.heard_at
    return {
        "device": {
            "power": device.power,
            "available": coordinator.last_update_success,
            "answer_seconds": device.answer_time,
            "missed_polls": coordinator.missed_polls,
            "heard_seconds_ago": None if heard_at is None else round(now - heard_at, 1),
        },
        "settings": coordinator.settings and _describe_settings(coordinator.settings),
    }


def _describe_settings(settings: SettingsRecord) -> dict[str, Any]:
    """Return what tells devices apart but not owners: no name, password, server or address."""
    return {
        "named": settings.name is not None,
        "hardware": settings.hardware,
        "firmware": settings.firmware,
        "wifi_firmware": settings.wifi_firmware,
        "discoverable": settings.discoverable,
        "zone": settings.zone,
        "dst_flags": settings.dst_flags,
        "zone_rule": settings.zone_rule is not None,
        "length": len(settings.record),
    }


def _count(lan: Lan) -> dict[str, Any]:
    return {
        "sent": lan.sent,
        "received": lan.received,
        "receive_buffer": lan.receive_buffer,
        "send_errors": lan.send_errors,
        "dropped": dict(lan.dropped),
    }
