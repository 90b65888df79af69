"""The card of a device that made itself known: by its DHCP request, or by what it says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import logging
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_MAC
from homeassistant.core import callback
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.typing import DiscoveryInfoType

from .addresses import async_get_targets
from .candidates import Candidate, async_examine
from .const import DOMAIN
from .s20 import Endpoint, EndpointError, Found, NoAnswerError, S20Error, discover, identify
from .shared_lan import async_get_shared_lan
from .user_input import FormError

_LOGGER = logging.getLogger(__name__)


class DiscoveredFlow(ConfigFlow):
    """The steps of a flow that nobody started.

    It holds the endpoint only while it asks: a card may wait for weeks.
    """

    _candidate: Candidate

    @override
    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        """Meet a device that got an address: one of this vendor, or one that is set up."""
        return await self._async_meet(format_mac(discovery_info.macaddress), discovery_info.ip)

    @override
    async def async_step_integration_discovery(
        self, discovery_info: DiscoveryInfoType
    ) -> ConfigFlowResult:
        """Meet a device that was heard on the endpoint."""
        return await self._async_meet(discovery_info[CONF_MAC], discovery_info[CONF_HOST])

    async def async_step_discovery_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add the device if its owner wants it and it still answers, wherever it is by now."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            try:
                found = await self._async_find_again()
            except FormError as error:
                errors, placeholders = error.errors, error.placeholders
            else:
                self._abort_if_unique_id_configured()
                title, data = self._candidate.title, self._candidate.data(found.address)
                return self.async_create_entry(title=title, data=data)
        return self.async_show_form(
            step_id="discovery_confirm",
            errors=errors,
            description_placeholders={"name": self._candidate.title, **placeholders},
        )

    @callback
    @override
    def async_remove(self) -> None:
        """Let go of the endpoint, however the flow ended."""
        async_get_shared_lan(self.hass).async_release(self.flow_id)

    @asynccontextmanager
    async def async_borrow_lan(self) -> AsyncIterator[Endpoint]:
        """Hold the endpoint for a moment; FormError if it cannot be used."""
        shared = async_get_shared_lan(self.hass)
        try:
            yield await shared.async_hold(self.flow_id)
        except EndpointError as error:
            raise FormError("port_in_use", error=str(error)) from error
        finally:
            shared.async_release(self.flow_id)

    async def _async_meet(self, mac: str, address: str) -> ConfigFlowResult:
        """Show a card for an S20 that is new, and nothing for anybody else."""
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, mac)
        if entry is not None:
            await self._async_lead(entry, address)
            return self.async_abort(reason="already_configured")
        await self.async_set_unique_id(mac)
        try:
            async with self.async_borrow_lan() as endpoint:
                found = await _async_identify(endpoint, address, mac)
                self._candidate = await async_examine(endpoint, found)
        except (FormError, S20Error) as error:
            _LOGGER.debug("No card for %s: %s", address, error)
            return self.async_abort(reason="no_socket")
        self._abort_if_unique_id_configured()  # meanwhile
        self.context["title_placeholders"] = {"name": self._candidate.title}
        return await self.async_step_discovery_confirm()

    async def _async_lead(self, entry: ConfigEntry, address: str) -> None:
        """Have a device that is set up say where it is.

        Its answer is what the endpoint checks and follows, or what a waiting entry waits for.
        """
        is_waiting = entry.state is ConfigEntryState.SETUP_RETRY
        is_loaded = entry.state is ConfigEntryState.LOADED
        if not is_waiting and not (is_loaded and entry.data[CONF_HOST] != address):
            return
        with suppress(FormError, S20Error):
            async with self.async_borrow_lan() as endpoint:
                await _async_identify(endpoint, address, entry.unique_id)

    async def _async_find_again(self) -> Found:
        targets = {self._candidate.address, *await async_get_targets(self.hass)}
        async with self.async_borrow_lan() as endpoint:
            found = await discover(endpoint, targets, mac=self._candidate.mac)
        if not found or not found[0].answer.is_s20:
            raise FormError("silent")
        return found[0]


async def _async_identify(endpoint: Endpoint, address: str, mac: str | None) -> Found:
    """Ask a device who it is. Its lease is seen some 4 s before it is ready, so be patient."""
    with suppress(NoAnswerError):
        return await identify(endpoint, address, mac=mac)
    return await identify(endpoint, address, mac=mac)
