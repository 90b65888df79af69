"""What a user does in the dialog that sets up a socket."""

import asyncio
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.orvibo_s20.const import DOMAIN


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    """Choose the integration."""
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})


async def answer(
    hass: HomeAssistant, shown: ConfigFlowResult, **user_input: Any
) -> ConfigFlowResult:
    """Fill in what is shown; without input, wait for the end of the progress."""
    while not user_input and _is_shown(hass, shown):  # noqa: ASYNC110  the event may be over
        await asyncio.sleep(0.1)
    return await hass.config_entries.flow.async_configure(shown["flow_id"], user_input or None)


def _is_shown(hass: HomeAssistant, shown: ConfigFlowResult) -> bool:
    """Return whether a progress goes on, whatever else Home Assistant does meanwhile."""
    return any(
        (one["flow_id"], one["step_id"]) == (shown["flow_id"], shown["step_id"])
        for one in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if shown["type"] is FlowResultType.SHOW_PROGRESS
    )


async def search(hass: HomeAssistant) -> ConfigFlowResult:
    """Choose the integration, and wait for what was found."""
    return await answer(hass, await start(hass))


async def type_address(hass: HomeAssistant) -> ConfigFlowResult:
    """Go to the form for an address after a search without a result."""
    shown = await search(hass)
    if shown["type"] is FlowResultType.MENU:
        return await answer(hass, shown, next_step_id="address")
    return await answer(hass, shown, instead="address")


def options(shown: ConfigFlowResult) -> list[dict[str, str]]:
    """Return the lines of the list of sockets, all of which are ticked."""
    assert shown["data_schema"] is not None
    ((devices, selector), (instead, others)) = shown["data_schema"].schema.items()
    assert (devices, instead) == ("devices", "instead")
    assert others.config["options"] == ["search", "address", "pair"]
    lines: list[dict[str, str]] = selector.config["options"]
    assert devices.default() == [line["value"] for line in lines]
    return lines


async def press_submit(hass: HomeAssistant, shown: ConfigFlowResult) -> ConfigFlowResult:
    """Confirm a card, or anything else that asks for nothing but that."""
    done = await hass.config_entries.flow.async_configure(shown["flow_id"], {})
    await hass.async_block_till_done()
    return done


def cards(hass: HomeAssistant) -> list[ConfigFlowResult]:
    """Return the cards on the dashboard."""
    return list(hass.config_entries.flow.async_progress_by_handler(DOMAIN))
