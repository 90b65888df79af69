"""What the owner may have done to a device without asking each time."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from .const import CONF_KEEP_CLOCK, CONF_KEEP_ZONE, DEFAULT_OPTIONS

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_KEEP_CLOCK, default=DEFAULT_OPTIONS[CONF_KEEP_CLOCK]): BooleanSelector(),
        vol.Required(CONF_KEEP_ZONE, default=DEFAULT_OPTIONS[CONF_KEEP_ZONE]): BooleanSelector(),
    }
)


class OrviboOptionsFlow(OptionsFlowWithReload):
    """Asks what is to be kept right; the entry is loaded again with the answers."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options as they are."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, self.config_entry.options),
        )
