"""The repair for timers that would run at the wrong time, and what to know of time zones."""

from typing import Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_KEEP_CLOCK, CONF_KEEP_ZONE, DOMAIN

_ENTRY: Final = "entry_id"


@callback
def async_report_clock_issues(
    hass: HomeAssistant,
    entry: ConfigEntry,
    *,
    is_wrong: bool,
    is_refused: bool,
    rounded: int | None,
) -> None:
    """Show or hide each; `rounded` is the offset (s) that the device cannot hold."""
    if is_wrong:
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id("clock", entry),
            data={_ENTRY: entry.entry_id},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key="clock",
            translation_placeholders={"name": entry.title},
        )
    else:
        ir.async_delete_issue(hass, DOMAIN, _issue_id("clock", entry))
    if is_refused:
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id("zone_not_kept", entry),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="zone_not_kept",
            translation_placeholders={"name": entry.title},
        )
    else:
        ir.async_delete_issue(hass, DOMAIN, _issue_id("zone_not_kept", entry))
    if rounded is not None:
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id("zone_rounded", entry),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="zone_rounded",
            translation_placeholders={"name": entry.title, "offset": _hours(rounded)},
        )
    else:
        ir.async_delete_issue(hass, DOMAIN, _issue_id("zone_rounded", entry))


@callback
def async_clear_clock_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Hide all: nobody looks any more."""
    async_report_clock_issues(hass, entry, is_wrong=False, is_refused=False, rounded=None)


class ClockRepairFlow(RepairsFlow):
    """Has clock and time zone of a device kept right from now on."""

    def __init__(self, data: dict[str, str | int | float | None]) -> None:
        """Mend the device of the issue with these data."""
        self._entry_id = str(data[_ENTRY])

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask first."""
        del user_input
        return await self.async_step_keep()

    async def async_step_keep(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say what is going to be written, and opt in when that is confirmed."""
        entries = self.hass.config_entries
        entry = entries.async_get_entry(self._entry_id)
        if entry is None:
            return self.async_create_entry(data={})  # removed meanwhile: nothing is left to mend
        if user_input is None:
            return self.async_show_form(
                step_id="keep", description_placeholders={"name": entry.title}
            )
        options = {**entry.options, CONF_KEEP_CLOCK: True, CONF_KEEP_ZONE: True}
        entries.async_update_entry(entry, options=options)
        entries.async_schedule_reload(entry.entry_id)
        return self.async_create_entry(data={})


def _issue_id(key: str, entry: ConfigEntry) -> str:
    return f"{key}_{entry.entry_id}"


def _hours(offset: int) -> str:
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset) // 60, 60)
    return f"UTC{sign}{hours}:{minutes:02}"
