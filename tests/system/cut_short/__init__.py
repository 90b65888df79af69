"""An integration that makes Home Assistant fail at one step of a take-over; for a check only.

The action `cut_short.before` names the step. From then on it fails, until Home Assistant ends.
"""

from typing import Final, NoReturn

from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceRegistry
from homeassistant.helpers.entity_registry import EntityRegistry
from homeassistant.helpers.typing import ConfigType

DOMAIN: Final = "cut_short"
CONFIG_SCHEMA: Final = cv.empty_config_schema(DOMAIN)

# In the order in which they are done.
STEPS: Final = {
    "our_entry": (ConfigEntries, "async_add"),
    "their_unloading": (ConfigEntries, "async_unload"),
    "the_entity": (EntityRegistry, "async_update_entity_platform"),
    "the_device": (DeviceRegistry, "async_update_device"),
    "their_removal": (ConfigEntries, "async_remove"),
}


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the action."""

    async def before(call: ServiceCall) -> None:
        step: str = call.data["step"]

        def fail(*_: object, **__: object) -> NoReturn:
            raise RuntimeError(message(step))

        setattr(*STEPS[step], fail)

    hass.services.async_register(DOMAIN, "before", before)
    return True


def message(step: str) -> str:
    """Return what the log has to show once, if the step was reached."""
    return f"cut short before {step}"
