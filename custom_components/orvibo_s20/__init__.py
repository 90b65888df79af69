"""Orvibo S20: Wi-Fi sockets on the local network, without the vendor's cloud.

coordinator                        one socket that is set up: all that is known of it, and commands
entity                             what its entities have in common:
  switch, number, text, button       its relay, its settings, what is done once
  sensor, binary_sensor              its countdown, its clock
  event                              its button
  calendar                           its timers as events, by way of
    schedule, planner                  what is shown and asked for; which timers to write
    forecast, local_time               what the relay will do; time as a socket counts it
    periods                            pairs of timers that are one event
  select                             what is done after a power cut
upkeep                             its clock and time zone, kept right
power_cut, kept                    the wanted state after a power cut; what is kept for that
services                           what automations can ask of it
config_flow, adding                adding a device, or changing where it is, and its options
endpoint                           who holds the one port
discovery                          what is heard there: devices that moved, waiting and new ones
repairs, take_over                 the taken port; the built-in `orvibo` integration
diagnostics, system_health         for whoever helps an owner
addresses, errors, const           where to ask; how to say what went wrong; names
s20                                the client, which knows nothing of Home Assistant
"""

from typing import Final

from homeassistant.const import CONF_HOST, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .coordinator import OrviboConfigEntry, OrviboCoordinator
from .endpoint import async_get_shared_endpoint
from .entity import async_keep_versions
from .errors import not_ready
from .kept import async_get_kept
from .power_cut import PowerCuts
from .s20 import Device, EndpointError
from .services import async_setup_services
from .take_over import async_finish_take_over
from .upkeep import Upkeep

CONFIG_SCHEMA: Final = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TEXT,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, which are there as long as the integration is."""
    del config
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: OrviboConfigEntry) -> bool:
    """Take the shared endpoint, find the address, hear the device, add its entities."""
    await async_finish_take_over(hass, entry)
    shared = async_get_shared_endpoint(hass)
    try:
        endpoint = await shared.async_hold(entry.entry_id)
    except EndpointError as error:
        raise not_ready("port_in_use", error=str(error)) from error
    if (address := await shared.async_locate(entry)) is None:
        raise not_ready("host_not_found", host=entry.data[CONF_HOST])
    device = Device(endpoint, _mac(entry), address)
    entry.async_on_unload(device.close)
    kept = await async_get_kept(hass)
    coordinator = OrviboCoordinator(hass, entry, device, shared.async_sweep, kept)
    entry.runtime_data = coordinator
    await coordinator.async_config_entry_first_refresh()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_keep_versions(coordinator)
    coordinator.async_start()
    PowerCuts(coordinator).async_start()
    Upkeep(coordinator).async_start()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: OrviboConfigEntry) -> bool:
    """Remove the entities, and let a change end; what setup acquired the entry itself releases."""
    is_unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if is_unloaded:
        await entry.runtime_data.async_finish()
    return is_unloaded


async def async_remove_entry(hass: HomeAssistant, entry: OrviboConfigEntry) -> None:
    """Forget what is kept of the socket; end the polls of an entry that could not be unloaded."""
    (await async_get_kept(hass)).async_forget(entry.entry_id)
    coordinator: OrviboCoordinator | None = getattr(entry, "runtime_data", None)
    if coordinator is not None:
        await coordinator.async_shutdown()


def _mac(entry: OrviboConfigEntry) -> str:
    """Return the identity of an entry; the config flow makes none without."""
    if entry.unique_id is None:
        raise ValueError(f"{entry.title} has no MAC")
    return entry.unique_id
