"""The page *System information*: one look at the endpoint and the sockets."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import OrviboConfigEntry
from .endpoint import SharedEndpoint, async_get_shared_endpoint


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Have Home Assistant ask us."""
    del hass
    register.async_register_info(async_system_health_info)


async def async_system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the page shows; nothing is asked of any socket."""
    shared = async_get_shared_endpoint(hass)
    entries = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    return {
        "port": _describe_port(shared),
        "sockets": len(entries),
        "reachable": sum(map(_is_reachable, entries)),
        "received": shared.endpoint.received if shared.endpoint else 0,
        "dropped": shared.endpoint.dropped.total() if shared.endpoint else 0,
        "receive_buffer": shared.endpoint.receive_buffer if shared.endpoint else None,
    }


def _describe_port(shared: SharedEndpoint) -> str | dict[str, str]:
    """Return the state of the port; the page translates only the names of what it shows."""
    if shared.error is not None:
        return {"type": "failed", "error": f"waiting: {shared.error}"}
    if shared.endpoint is None:
        return "closed"
    return "open" if shared.endpoint.is_open else "waiting"


def _is_reachable(entry: OrviboConfigEntry) -> bool:
    return entry.state is ConfigEntryState.LOADED and entry.runtime_data.last_update_success
