"""What the set-up offers where there is the built-in integration: to take over, or to restart."""

from typing import Any

from homeassistant.config_entries import SOURCE_IGNORE, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_NAME
from homeassistant.exceptions import HomeAssistantError

from .const import CONF_TAKES_OVER
from .s20 import EndpointError
from .shared_lan import async_get_shared_lan
from .take_over import (
    async_get_built_in_entries,
    async_get_built_in_names,
    async_restart,
    async_take_over,
    is_built_in_imported,
)


class BuiltInFlow(ConfigFlow):
    """The steps that take sockets over and free the port."""

    async def async_free_port(self, error: EndpointError) -> ConfigFlowResult:
        """Offer what helps against the error, or say it."""
        if async_get_built_in_entries(self.hass):
            return await self.async_step_take_over()
        if is_built_in_imported():
            return await self.async_step_restart()
        return self.async_abort(
            reason="port_in_use", description_placeholders={"error": str(error)}
        )

    async def async_step_built_in(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what is wanted where the port is free, so that other sockets can be added as well."""
        return self.async_show_menu(
            step_id="built_in",
            menu_options=["take_over", "search"],
            description_placeholders={"sockets": async_get_built_in_names(self.hass)},
        )

    async def async_step_take_over(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take over the sockets of the built-in integration, when that is confirmed."""
        if user_input is None:
            return self.async_show_form(
                step_id="take_over",
                description_placeholders={"sockets": async_get_built_in_names(self.hass)},
            )
        await async_take_over(self.hass)
        if async_get_shared_lan(self.hass).endpoint is not None:
            return self.async_abort(reason="taken_over")
        return await self.async_step_restart()

    async def async_step_restart(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Restart, which frees the port, when that is confirmed."""
        if user_input is None:
            return self.async_show_form(step_id="restart")
        try:
            await async_restart(self.hass)
        except HomeAssistantError as error:
            return self.async_abort(
                reason="not_restarted", description_placeholders={"error": str(error)}
            )
        return self.async_abort(reason="restarting")

    async def async_step_import(self, import_data: dict[str, str]) -> ConfigFlowResult:
        """Make the entry of a socket that is taken over, whether it answers now or not."""
        entry = await self.async_set_unique_id(import_data[CONF_MAC], raise_on_progress=False)
        if entry is not None and entry.source != SOURCE_IGNORE:
            return self.async_abort(reason="already_configured")
        data = {key: import_data[key] for key in (CONF_HOST, CONF_TAKES_OVER)}
        return self.async_create_entry(title=import_data[CONF_NAME], data=data)
