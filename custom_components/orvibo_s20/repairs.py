"""The repairs: for the busy port, and for the time in a socket whose timers need it."""

from typing import Final, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from .const import CONF_KEEP_CLOCK, CONF_KEEP_ZONE, DOCUMENTATION, DOMAIN
from .take_over import (
    async_find_yaml,
    async_get_built_in_entries,
    async_get_built_in_names,
    async_take_over,
    is_built_in_imported,
)

ISSUE: Final = "port_in_use"


@callback
def async_report_port_in_use(hass: HomeAssistant, error: str) -> None:
    """Show the repair, for whoever has the port now."""
    is_built_in = is_built_in_imported() or bool(async_get_built_in_entries(hass))
    ir.async_create_issue(
        hass,
        DOMAIN,
        ISSUE,
        is_fixable=is_built_in,
        learn_more_url=f"{DOCUMENTATION}/troubleshooting.md#port-in-use",
        severity=ir.IssueSeverity.ERROR,
        translation_key="built_in" if is_built_in else "other_program",
        translation_placeholders={"error": error},
    )


@callback
def async_clear_port_in_use(hass: HomeAssistant) -> None:
    """Hide the repair: the port is ours."""
    ir.async_delete_issue(hass, DOMAIN, ISSUE)


class PortRepairFlow(RepairsFlow):
    """Takes the sockets of the built-in integration over, if it has any, and restarts."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin with what is there now."""
        del user_input
        if async_get_built_in_entries(self.hass):
            return await self.async_step_take_over()
        return await self.async_step_restart()

    async def async_step_take_over(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say what is kept and what is lost, and take over when that is confirmed."""
        if user_input is None:
            return self.async_show_form(
                step_id="take_over",
                description_placeholders={"sockets": async_get_built_in_names(self.hass)},
            )
        await async_take_over(self.hass)
        return await self.async_step_restart()

    async def async_step_yaml(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say which lines to remove first, until they are gone: a restart would import them."""
        if not (lines := await async_find_yaml(self.hass)):
            return await self.async_step_restart()
        return self.async_show_form(
            step_id="yaml",
            errors=None if user_input is None else {"base": "yaml_still_there"},
            description_placeholders={"lines": lines},
        )

    async def async_step_restart(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Offer to restart, which frees the port, if it can."""
        if await async_find_yaml(self.hass):
            return await self.async_step_yaml()
        if user_input is None:
            return self.async_show_form(step_id="restart")
        try:
            await self.hass.services.async_call(HOMEASSISTANT_DOMAIN, "restart", blocking=True)
        except HomeAssistantError as error:
            return self.async_abort(
                reason="not_restarted", description_placeholders={"error": str(error)}
            )
        return self.async_create_entry(data={})


class ClockRepairFlow(ConfirmRepairFlow):
    """Has clock and time zone of a socket kept right from now on; `upkeep` notices."""

    def __init__(self, entry_id: str) -> None:
        """Mend the socket of an entry."""
        self._entry_id = entry_id

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Say what is going to be written, and opt in when that is confirmed."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is not None and user_input is not None:
            options = {**entry.options, CONF_KEEP_CLOCK: True, CONF_KEEP_ZONE: True}
            self.hass.config_entries.async_update_entry(entry, options=options)
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow for an issue that can be fixed."""
    del hass, issue_id
    return PortRepairFlow() if data is None else ClockRepairFlow(str(data["entry_id"]))
