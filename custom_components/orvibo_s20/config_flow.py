"""Setting up a device: search and pick one, type where it is, or confirm the card it made."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_MAC
from homeassistant.core import callback
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .built_in_flow import BuiltInFlow
from .candidates import Findings, async_examine, async_search
from .const import DOMAIN
from .discovered_flow import DiscoveredFlow
from .options_flow import OrviboOptionsFlow
from .pairing_flow import PairingFlow
from .s20 import EndpointError, NoAnswerError
from .shared_lan import async_get_shared_lan
from .take_over import async_get_built_in_entries
from .user_input import CONF_NETWORK, FormError, async_ask, async_ask_stranger, parse_network

# The last lines of the list of devices; no MAC looks like them.
_OTHER_NETWORK: Final = "network"
_TYPED_ADDRESS: Final = "address"
_PAIRING: Final = "pair"
_ADDRESS_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_HOST): TextSelector(), vol.Optional(CONF_MAC): TextSelector()}
)
_NETWORK_SCHEMA: Final = vol.Schema({vol.Required(CONF_NETWORK): TextSelector()})
_HOST_SCHEMA: Final = vol.Schema({vol.Required(CONF_HOST): TextSelector()})


class OrviboConfigFlow(DiscoveredFlow, BuiltInFlow, PairingFlow, domain=DOMAIN):
    """Adds one device, identified by its MAC, or changes where it is."""

    def __init__(self) -> None:
        """Start with nothing found."""
        super().__init__()
        self._findings = Findings()
        self._network = ""
        self._search: asyncio.Task[None] | None = None

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OrviboOptionsFlow:
        """Return the flow behind the cogwheel of an entry."""
        return OrviboOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Start searching at once, unless there are sockets to take over."""
        try:
            self._endpoint = await async_get_shared_lan(self.hass).async_hold(self.flow_id)
        except EndpointError as error:
            return await self.async_free_port(error)
        if async_get_built_in_entries(self.hass):
            return await self.async_step_built_in()
        return await self.async_step_search()

    async def async_step_search(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the progress of a search in the networks of Home Assistant."""
        if not (task := self._searching([])).done():
            return self.async_show_progress(
                step_id="search", progress_action="search", progress_task=task
            )
        return self.async_show_progress_done(next_step_id=self._after(task, "not_found"))

    async def async_step_scan(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the progress of a search in the network that was typed."""
        if not (task := self._searching(parse_network(self._network))).done():
            return self.async_show_progress(
                step_id="scan", progress_action="scan", progress_task=task
            )
        return self.async_show_progress_done(next_step_id=self._after(task, "not_found_there"))

    async def async_step_pick(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the list of devices, the first one preselected."""
        if user_input is not None:
            return await self._async_choose(user_input[CONF_DEVICE])
        options = [
            SelectOptionDict(value=mac, label=candidate.label)
            for mac, candidate in self._findings.candidates.items()
        ]
        options.append(SelectOptionDict(value=_OTHER_NETWORK, label=_OTHER_NETWORK))
        options.append(SelectOptionDict(value=_TYPED_ADDRESS, label=_TYPED_ADDRESS))
        options.append(SelectOptionDict(value=_PAIRING, label=_PAIRING))
        config = SelectSelectorConfig(
            options=options, mode=SelectSelectorMode.LIST, translation_key=CONF_DEVICE
        )
        device = vol.Required(CONF_DEVICE, default=options[0]["value"])
        return self.async_show_form(
            step_id="pick", data_schema=vol.Schema({device: SelectSelector(config)})
        )

    async def async_step_not_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what to try when no device answered that is not set up yet."""
        return self.async_show_menu(
            step_id="not_found", menu_options=["search", "network", "address", "pair"]
        )

    async def async_step_not_found_there(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what to try when nothing new answered in the network that was typed."""
        return self.async_show_menu(
            step_id="not_found_there",
            menu_options=["network", "search", "address", "pair"],
            description_placeholders={"network": self._network},
        )

    async def async_step_not_supported(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Name what answered instead."""
        return self.async_show_menu(
            step_id="not_supported",
            menu_options=["search", "network", "address", "pair"],
            description_placeholders={"devices": ", ".join(self._findings.unsupported)},
        )

    async def async_step_network(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a network to search that Home Assistant is not in."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            self._network = user_input[CONF_NETWORK].strip()
            try:
                parse_network(self._network)
            except FormError as error:
                errors, placeholders = error.errors, error.placeholders
            else:
                return await self.async_step_scan()
        typed = {CONF_NETWORK: self._network}
        return self.async_show_form(
            step_id="network",
            data_schema=self.add_suggested_values_to_schema(_NETWORK_SCHEMA, typed),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an address, and ask the device there who it is."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            host = user_input[CONF_HOST].strip()
            mac = user_input.get(CONF_MAC, "")
            try:
                found = await async_ask_stranger(self.hass, self._endpoint, host, mac)
            except EndpointError:
                return await self.async_step_closed()
            except FormError as error:
                errors, placeholders = error.errors, error.placeholders
            else:
                return await self.async_finish(await async_examine(self._endpoint, found), host)
        return self.async_show_form(
            step_id="address",
            data_schema=self.add_suggested_values_to_schema(_ADDRESS_SCHEMA, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_closed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End, because the endpoint did: Home Assistant is stopping."""
        return self.async_abort(reason="closed")

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address of a device that is set up, and for the device there."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            host = user_input[CONF_HOST].strip()
            try:
                await self._async_require_at(host, entry.unique_id)
            except FormError as error:
                errors, placeholders = error.errors, error.placeholders
            else:
                if self.hass.config_entries.async_get_entry(entry.entry_id) is None:
                    raise UnknownFlow  # it was removed meanwhile, and this flow with it
                return self.async_update_reload_and_abort(entry, data_updates={CONF_HOST: host})
        typed = user_input or entry.data
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_HOST_SCHEMA, typed),
            errors=errors,
            description_placeholders={"name": entry.title, **placeholders},
        )

    async def _async_choose(self, line: str) -> ConfigFlowResult:
        """Go where a line of the list leads."""
        if line == _OTHER_NETWORK:
            return await self.async_step_network()
        if line == _TYPED_ADDRESS:
            return await self.async_step_address()
        if line == _PAIRING:
            return await self.async_step_pair()
        candidate = self._findings.candidates[line]
        await self.async_set_unique_id(candidate.mac, raise_on_progress=False)
        self._abort_if_unique_id_configured()  # meanwhile, so its entry knows better where it is
        return await self.async_finish(candidate, candidate.address)

    async def _async_require_at(self, host: str, mac: str | None) -> None:
        """Raise a FormError unless the device with the MAC answers at the host."""
        async with self.async_borrow_lan() as endpoint:
            try:
                await async_ask(self.hass, endpoint, host, mac)
            except NoAnswerError as error:
                raise FormError("silent") from error

    def _searching(self, network: Sequence[str]) -> asyncio.Task[None]:
        """Return the search that is under way or over, a new one if there is none."""
        if self._search is None:
            self._search = self.hass.async_create_background_task(
                self._async_search(network), f"{DOMAIN} search"
            )
        return self._search

    async def _async_search(self, network: Sequence[str]) -> None:
        self._findings = await async_search(
            self.hass, self._endpoint, network, self.async_update_progress
        )

    def _after(self, ended: asyncio.Task[None], nothing: str) -> str:
        """Return the step that shows what a search has found, or the one given for nothing."""
        self._search = None
        try:
            ended.result()
        except EndpointError:
            return "closed"
        if self._findings.candidates:
            return "pick"
        return "not_supported" if self._findings.unsupported else nothing
