"""What a helper needs to know about one entry, without anything that tells where or whose it is.

Everything private is left out by naming what is told, so that nothing new can slip in.
"""

from dataclasses import asdict
from math import inf
from typing import Any, Final

from homeassistant.components.network import async_get_adapters
from homeassistant.const import CONF_HOST, CONF_MODEL
from homeassistant.core import HomeAssistant
from homeassistant.util.network import is_ipv4_address

from .addresses import async_is_local
from .coordinator import OrviboConfigEntry, OrviboCoordinator, Snapshot
from .endpoint import SharedEndpoint, async_get_shared_endpoint
from .s20 import PORT, Device, Drop, Endpoint, SettingsRecord, Timer
from .s20.wire.clock import counts_from
from .upkeep import is_zone_wrong

_DIGITS: Final = 3  # of times; a millisecond is as fine as a network is


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: OrviboConfigEntry
) -> dict[str, Any]:
    """Return a snapshot of what is known already; nothing is asked."""
    # An entry that waits keeps its last attempt, which tells why.
    coordinator: OrviboCoordinator | None = getattr(entry, "runtime_data", None)
    host: str = entry.data.get(CONF_HOST, "")  # an ignored socket has none
    address = host if coordinator is None else coordinator.device.address
    told = {
        "entry": _describe_entry(entry)
        | {"has_host_name": bool(host) and not is_ipv4_address(host)},
        "endpoint": _describe_endpoint(async_get_shared_endpoint(hass)),
        "network": await _async_describe_network(hass, address),
    }
    if coordinator is not None:
        told |= _describe_device(coordinator)
    return told


def _describe_entry(entry: OrviboConfigEntry) -> dict[str, Any]:
    return {
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "disabled_by": entry.disabled_by,
        "source": entry.source,
        "discovered_by": sorted(entry.discovery_keys),
        "version": f"{entry.version}.{entry.minor_version}",
        "created_at": entry.created_at,
        "model": entry.data.get(CONF_MODEL),
        "options": dict(entry.options),
    }


def _describe_endpoint(shared: SharedEndpoint) -> dict[str, Any]:
    endpoint = shared.endpoint
    return {
        "port": PORT,
        "is_open": endpoint is not None and endpoint.is_open,
        "error": shared.error,
    } | (_count(endpoint) if endpoint else {})


def _count(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "sent": endpoint.sent,
        "received": endpoint.received,
        "receive_buffer": endpoint.receive_buffer,
        "send_errors": endpoint.send_errors,
        "dropped": {reason.value: endpoint.dropped[reason] for reason in Drop},
    }


async def _async_describe_network(hass: HomeAssistant, address: str) -> dict[str, Any]:
    adapters = await async_get_adapters(hass)
    return {
        "adapters": len(adapters),
        "enabled_adapters": sum(adapter["enabled"] for adapter in adapters),
        "is_local": await async_is_local(hass, address) if is_ipv4_address(address) else None,
    }


def _describe_device(coordinator: OrviboCoordinator) -> dict[str, Any]:
    device, now = coordinator.device, coordinator.now.uptime
    return {
        "device": {
            "power": device.power,
            "available": coordinator.last_update_success,
            "missed_polls": device.missed,
            "heard_seconds_ago": _ago(device.heard_at, now),
            "sent": device.journal.sent,
            "retried": device.journal.retried,
            "received": device.journal.received,
            "subscription": {
                "is_live": device.subscription.is_live(now),
                "proved_seconds_ago": _ago(device.subscription.proved_at, now),
            },
            "answer_time": _describe_answer_time(device),
            "clock": _describe_clock(coordinator),
            "exchanges": _describe_exchanges(device, now),
        },
        "storage": _describe_storage(coordinator),
        "after_power_cut": _describe_kept(coordinator),
    }


def _describe_answer_time(device: Device) -> dict[str, float | None]:
    times = device.answer_time
    return {
        "smoothed": times.smoothed and round(times.smoothed, _DIGITS),
        "deviation": round(times.deviation, _DIGITS),
        "next_retry_after": round(times.first_pause(), _DIGITS),
    }


def _describe_clock(coordinator: OrviboCoordinator) -> dict[str, Any] | None:
    """Return by how many seconds the clock is ahead, or from when it counts if it was never set."""
    now, snapshot = coordinator.now, coordinator.data
    if snapshot is None or (reading := snapshot.clock) is None:
        return None
    ahead = snapshot.clock_ahead(now)
    return {
        "told_seconds_ago": _ago(reading.heard_at, now.uptime),
        "seconds_ahead": None if ahead is None else round(ahead, 1),
        "never_set_counts_from": counts_from(reading.value) if ahead is None else None,
        "is_zone_wrong": is_zone_wrong(now, snapshot),
    }


def _describe_exchanges(device: Device, now: float) -> list[dict[str, Any]]:
    described = map(asdict, device.journal.entries())
    return [{"seconds_ago": _ago(one.pop("at"), now), **one} for one in described]


def _describe_storage(coordinator: OrviboCoordinator) -> dict[str, Any]:
    """Return what is in the socket; None is what it does not tell."""
    snapshot = Snapshot() if coordinator.data is None else coordinator.data
    settings, timers = snapshot.settings, snapshot.timers
    return {
        "settings": settings and _describe_settings(settings),
        "timers": None if timers is None else [_describe_timer(one) for one in timers.values()],
        "counts_down_to": snapshot.countdown,
        "is_half_written": coordinator.device.storage.is_half_written,
    }


def _describe_kept(coordinator: OrviboCoordinator) -> dict[str, Any]:
    """Return what decides after a power cut, but not the hour of any."""
    kept, now = coordinator.kept, coordinator.now
    return {
        "mode": kept.mode,
        "power": kept.power,
        "is_clock_known": kept.clock is not None,
        "last_cut_seconds_ago": kept.last_cut and _ago(now.uptime_of(kept.last_cut), now.uptime),
    }


def _describe_timer(timer: Timer) -> dict[str, Any]:
    """Return what tells timers apart but not lives: neither name, hour nor day."""
    return {"code": timer.code, "power": timer.power, "is_weekly": bool(timer.days)}


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
        "zone_rule": settings.has_zone_rule,
        "auto_off": settings.auto_off,
        "length": len(settings.record),
    }


def _ago(moment: float | None, now: float) -> float | None:
    """Return how long ago a moment was, s; None if it never was."""
    return None if moment in {None, -inf} else round(now - moment, _DIGITS)
