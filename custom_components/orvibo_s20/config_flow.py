"""Setting up a device: search and pick one, type where it is, pair it, or confirm its card."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
import logging
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_IMPORT,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_DEVICES, CONF_HOST, CONF_MAC, CONF_NAME, CONF_PASSWORD
from homeassistant.core import callback
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.typing import DiscoveryInfoType
import voluptuous as vol

from .adding import (
    BUTTON_PICTURE,
    VENDOR,
    Candidate,
    Findings,
    FormError,
    async_ask,
    async_examine,
    async_find_silent,
    async_identify_patiently,
    async_meet,
    async_search,
    parse_network,
    parse_password,
    parse_typed_mac,
)
from .addresses import async_get_broadcasts, async_get_targets
from .const import (
    CONF_KEEP_CLOCK,
    CONF_KEEP_ZONE,
    DEFAULT_OPTIONS,
    DOCUMENTATION,
    DOMAIN,
)
from .coordinator import OrviboConfigEntry
from .endpoint import async_get_shared_endpoint
from .s20 import Endpoint, EndpointError, Found, NoAnswerError, S20Error, discover, identify
from .s20.pairing import Announcements, Password, smart_link
from .take_over import (
    async_find_yaml,
    async_get_built_in_entries,
    async_get_built_in_names,
    async_take_over,
    is_built_in_imported,
)

_LOGGER = logging.getLogger(__name__)

_CONF_NETWORK: Final = "network"
# What there is to do instead of adding a device that was found: the steps for it.
_INSTEAD: Final = "instead"
_OTHER_WAYS: Final = ["search", "address", "pair"]
_ADDRESS_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_HOST): TextSelector(), vol.Optional(CONF_MAC): TextSelector()}
)
_HOST_SCHEMA: Final = vol.Schema({vol.Required(CONF_HOST): TextSelector()})
_PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_OPTIONS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_KEEP_CLOCK, default=DEFAULT_OPTIONS[CONF_KEEP_CLOCK]): BooleanSelector(),
        vol.Required(CONF_KEEP_ZONE, default=DEFAULT_OPTIONS[CONF_KEEP_ZONE]): BooleanSelector(),
    }
)
_READY_TIME: Final = 5.0  # s; a lease is seen some 4 s before its socket is ready
_FEW_TRIES: Final = 2  # for a device of another maker


class OrviboConfigFlow(ConfigFlow, domain=DOMAIN):
    """Adds one device, identified by its MAC, or changes where it is.

    A flow that somebody started holds the endpoint until it ends. A card holds it only while it
    asks: a card may wait for weeks.
    """

    _endpoint: Endpoint
    _candidate: Candidate  # of a card

    def __init__(self) -> None:
        """Start with nothing found."""
        self._findings: Findings | None = None  # None if the search failed
        self._network = ""
        self._mac: str | None = None
        self._search: asyncio.Task[Findings] | None = None
        self._pairing: asyncio.Task[Candidate] | None = None
        self._password: Password | None = None  # for the next device, until the dialog closes
        self._target = ""  # where that goes
        self._joined: Candidate | None = None  # the Wi-Fi, and is not added yet
        self._error: FormError | None = None  # of a step that ended by itself

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: OrviboConfigEntry) -> OrviboOptionsFlow:
        """Return the flow behind the cogwheel of an entry."""
        return OrviboOptionsFlow()

    @callback
    @override
    def async_remove(self) -> None:
        """Let go of the endpoint and of the password, however the flow ended."""
        self._password = None  # the flow itself may be kept until garbage is collected
        async_get_shared_endpoint(self.hass).async_release(self.flow_id)

    # --- searching and picking ---

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Start searching at once, unless there are sockets to take over."""
        shared = async_get_shared_endpoint(self.hass)
        has_built_in = bool(async_get_built_in_entries(self.hass))
        try:
            self._endpoint = await shared.async_hold(self.flow_id)
        except EndpointError:
            if shared.error is None:
                return self.async_abort(reason="closed")
            return await (self.async_step_take_over() if has_built_in else self._async_abort_port())
        if not has_built_in:
            return await self.async_step_search()
        return self.async_show_menu(
            step_id="user",
            menu_options=["take_over", "search"],
            description_placeholders={"sockets": async_get_built_in_names(self.hass)},
        )

    async def async_step_search(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the progress of a search, in the network that was typed or in all of our own."""
        if self._search is None:
            self._search = self.hass.async_create_background_task(
                async_search(
                    self.hass, self._endpoint, self._network, self._mac, self.async_update_progress
                ),
                f"{DOMAIN} search",
            )
        if not self._search.done():
            return self.async_show_progress(
                step_id="search",
                progress_action="scan" if self._network else "search",
                progress_task=self._search,
                description_placeholders={"network": self._network},
            )
        ended, self._search, self._findings = self._search, None, None
        self._network, self._mac = "", None  # the next search is one of our own networks again
        with suppress(EndpointError):
            self._findings = ended.result()
        is_fruitful = self._findings is not None and self._findings.candidates
        return self.async_show_progress_done(next_step_id="pick" if is_fruitful else "not_found")

    async def async_step_pick(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the list of devices, all of them ticked, and what there is to do instead."""
        assert self._findings is not None  # noqa: S101  there is a list of them
        candidates = self._findings.candidates
        error = None
        if user_input is not None:
            if (other_way := user_input.get(_INSTEAD)) is not None:
                return await self._async_go(other_way)
            if chosen := [candidates[mac] for mac in user_input[CONF_DEVICES]]:
                return await self._async_add_all(chosen)
            error = FormError("none_chosen", CONF_DEVICES)
        lines = [SelectOptionDict(value=mac, label=one.label) for mac, one in candidates.items()]
        devices = SelectSelectorConfig(options=lines, multiple=True, mode=SelectSelectorMode.LIST)
        instead = SelectSelectorConfig(
            options=_OTHER_WAYS, mode=SelectSelectorMode.LIST, translation_key=_INSTEAD
        )
        schema = vol.Schema(
            {
                vol.Required(CONF_DEVICES, default=list(candidates)): SelectSelector(devices),
                vol.Optional(_INSTEAD): SelectSelector(instead),
            }
        )
        return self.async_show_form(
            step_id="pick", data_schema=schema, errors=error.errors if error else None
        )

    async def async_step_not_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say who answered and what to try when there is no new S20."""
        if (findings := self._findings) is None:
            return self.async_abort(reason="closed")
        return self.async_show_menu(
            step_id="not_found",
            menu_options=_OTHER_WAYS,
            description_placeholders={
                "networks": ", ".join(findings.searched),
                "known": str(findings.known),
                "others": ", ".join(findings.others) or "-",
                "devices": f"{DOCUMENTATION}/devices.md",
                "help": f"{DOCUMENTATION}/troubleshooting.md#not-found",
            },
        )

    async def _async_go(self, other_way: str) -> ConfigFlowResult:
        steps = (self.async_step_search, self.async_step_address, self.async_step_pair)
        return await dict(zip(_OTHER_WAYS, steps, strict=True))[other_way]()

    async def _async_add_all(self, chosen: list[Candidate]) -> ConfigFlowResult:
        """Add the devices that still answer; who does not is named, and asked for.

        One that was set up meanwhile stays as it is: its entry knows better where it is.
        """
        try:
            silent = await async_find_silent(self._endpoint, self._new_of(chosen))
        except EndpointError:
            return self.async_abort(reason="closed")
        self.hass.config_entries.flow.async_get(self.flow_id)  # UnknownFlow: closed meanwhile
        new = self._new_of(chosen)
        if not new and (entry := self._entry_of(chosen[0].mac)) is not None:
            return self._async_abort_set_up(entry)
        silent = [one for one in silent if one in new]
        if silent:
            await self._async_add_beside(one for one in new if one not in silent)
            typed = {CONF_MAC: silent[0].mac.upper()} if len(silent) == 1 else {}
            sockets = ", ".join(one.description for one in silent)
            return self._async_show_address(typed, FormError("not_there", sockets=sockets))
        first, *others = new
        await self._async_add_beside(others)
        return await self._async_add(first, first.address)

    def _new_of(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """Return which of these are not set up by now."""
        return [one for one in candidates if self._entry_of(one.mac) is None]

    def _entry_of(self, mac: str) -> OrviboConfigEntry | None:
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, mac)
        return None if entry is None or entry.source == SOURCE_IGNORE else entry

    async def _async_add_beside(self, candidates: Iterable[Candidate]) -> None:
        """Add devices by flows of their own, which ask nothing."""
        flows = (
            self.hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_IMPORT}, data=one.import_data
            )
            for one in candidates
        )
        await asyncio.gather(*flows)

    # --- typing where it is ---

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an address, and ask the device there who it is; or for a network to search."""
        if user_input is None:
            return self._async_show_address({})
        host = "".join(user_input[CONF_HOST].split())
        try:
            mac = parse_typed_mac(user_input.get(CONF_MAC, ""))
            if parse_network(host):
                self._network, self._mac = host, mac
                return await self.async_step_search()
            candidate = await async_meet(self.hass, self._endpoint, host, mac)
        except EndpointError:
            return self.async_abort(reason="closed")
        except FormError as error:
            return self._async_show_address(user_input, error)
        return await self._async_add(candidate, host)

    @callback
    def _async_show_address(
        self, typed: dict[str, Any], error: FormError | None = None
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id="address",
            data_schema=self.add_suggested_values_to_schema(_ADDRESS_SCHEMA, typed),
            errors=error.errors if error else None,
            description_placeholders=error.placeholders if error else {},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address of a device that is set up, and for the device there."""
        entry: OrviboConfigEntry = self._get_reconfigure_entry()
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
                return self.async_update_reload_and_abort(
                    entry, data_updates={CONF_HOST: host}, reason="reconfigured"
                )
        typed = user_input or entry.data
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(_HOST_SCHEMA, typed),
            errors=errors,
            description_placeholders={"name": entry.title, **placeholders},
        )

    async def _async_require_at(self, host: str, mac: str | None) -> None:
        """Raise a FormError unless the device with the MAC answers at the host."""
        async with self._async_borrow() as endpoint:
            try:
                await async_ask(self.hass, endpoint, host, mac)
            except NoAnswerError as error:
                raise FormError("silent") from error

    # --- pairing ---

    async def async_step_pair(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Explain the button, and ask for the password, once; it is never shown again."""
        broadcasts = await async_get_broadcasts(self.hass)
        usual = next(iter(broadcasts))
        error, self._error = self._error, None
        if user_input is not None:
            try:
                typed = user_input.get(CONF_PASSWORD, "")
                if typed or self._password is None:
                    self._password = parse_password(typed)
            except FormError as mistake:
                error = mistake
            else:
                self._target = user_input.get(_CONF_NETWORK, usual)
                return await self.async_step_smart_link()
        options = [
            SelectOptionDict(value=broadcast, label=label)
            for broadcast, label in broadcasts.items()
        ]
        config = SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
        which = {vol.Required(_CONF_NETWORK, default=self._target or usual): SelectSelector(config)}
        network = which if len(broadcasts) > 1 else {}
        is_held = self._password is not None
        field = vol.Optional(CONF_PASSWORD) if is_held else vol.Required(CONF_PASSWORD)
        return self.async_show_form(
            step_id="pair",
            data_schema=vol.Schema({field: _PASSWORD, **network}),
            errors=error.errors if error else None,
            description_placeholders={
                "picture": BUTTON_PICTURE,
                "help": f"{DOCUMENTATION}/pairing.md#when-it-does-not-work",
            },
        )

    async def async_step_smart_link(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Pair a device, or the next one, and show how much of the minute has passed."""
        if self._pairing is None:
            if self._joined is not None:
                adding = self._async_add_beside([self._joined])
                self.hass.async_create_task(adding, f"{DOMAIN} adding")
                self._joined = None
            assert self._password is not None  # noqa: S101  it was asked for before
            self._pairing = self.hass.async_create_background_task(
                self._async_pair(self._password, self._target), f"{DOMAIN} pairing"
            )
        if not self._pairing.done():
            return self.async_show_progress(
                step_id="smart_link", progress_action="smart_link", progress_task=self._pairing
            )
        ended, self._pairing = self._pairing, None
        try:
            self._joined = ended.result()
        except EndpointError:
            self._error = FormError("pairing_port_in_use")
        except S20Error:
            self._error = FormError("not_paired")
        return self.async_show_progress_done(next_step_id="pair" if self._error else "paired")

    async def async_step_paired(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer to pair the next device with the same password."""
        assert self._joined is not None  # noqa: S101  it has joined
        return self.async_show_menu(
            step_id="paired",
            menu_options=["finish", "smart_link"],
            description_placeholders={"name": self._joined.title},
        )

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add the device that has joined last."""
        assert self._joined is not None  # noqa: S101  it has joined
        return await self._async_add(self._joined, self._joined.address)

    async def _async_pair(self, password: Password, target: str) -> Candidate:
        """Return who has joined the network, and is an S20; S20Error if that is nobody."""
        known = {mac for mac in self._async_current_ids(include_ignore=False) if mac}
        known |= {found.mac for found in await discover(self._endpoint, [target])}
        joined = await smart_link(
            password,
            target,
            announcements=Announcements(self._endpoint.listen, known),
            on_progress=self.async_update_progress,
        )
        found = await async_identify_patiently(self._endpoint, joined.address, joined.mac)
        return await async_examine(self._endpoint, found)

    # --- the card of a device that made itself known ---

    @override
    async def async_step_dhcp(self, discovery_info: DhcpServiceInfo) -> ConfigFlowResult:
        """Meet a device that got an address: one with such a Wi-Fi module, or one that is set up.

        Behind a Wi-Fi extender a socket may show the MAC of that.
        """
        mac, address = format_mac(discovery_info.macaddress), discovery_info.ip
        return await self._async_meet(mac, address, is_certain=mac.startswith(VENDOR))

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
        candidate = self._candidate
        if user_input is not None:
            try:
                found = await self._async_find_again()
            except FormError as error:
                errors = error.errors
            else:
                return await self._async_add(candidate, found.address)
        return self.async_show_form(
            step_id="discovery_confirm",
            errors=errors,
            description_placeholders={
                "name": candidate.title,
                "mac": candidate.mac.upper(),
                "address": candidate.address,
            },
        )

    async def _async_meet(
        self, mac: str, address: str, *, is_certain: bool = True
    ) -> ConfigFlowResult:
        """Show a card for an S20 that is new, and nothing for anybody else.

        If it is not certain whose the MAC is, whoever answers is met.
        """
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, mac)
        if entry is not None:
            await self._async_lead(entry, address)
            return self._async_abort_set_up(entry)
        await self.async_set_unique_id(mac)
        shared = async_get_shared_endpoint(self.hass)
        if shared.async_is_stranger(mac):
            return self.async_abort(reason="no_socket")
        try:
            async with self._async_borrow() as endpoint:
                found = await _async_identify(endpoint, address, mac if is_certain else None)
                self._candidate = await async_examine(endpoint, found)
        except (FormError, S20Error) as error:
            _LOGGER.debug("No card for %s: %s", address, error)
            if isinstance(error, S20Error):
                shared.async_note_stranger(mac)
            return self.async_abort(reason="no_socket")
        if (entry := await self.async_set_unique_id(found.mac)) is not None:
            return self._async_abort_set_up(entry)  # meanwhile, or the MAC was an extender's
        self.context["title_placeholders"] = {"name": self._candidate.title}
        return await self.async_step_discovery_confirm()

    async def _async_lead(self, entry: OrviboConfigEntry, address: str) -> None:
        """Have a device that is set up say where it is.

        Its answer is what the endpoint checks and follows, or what a waiting entry waits for.
        """
        is_waiting = entry.state is ConfigEntryState.SETUP_RETRY
        is_loaded = entry.state is ConfigEntryState.LOADED
        if not is_waiting and not (is_loaded and entry.data[CONF_HOST] != address):
            return
        with suppress(FormError, S20Error):
            async with self._async_borrow() as endpoint:
                await async_identify_patiently(endpoint, address, entry.unique_id)

    async def _async_find_again(self) -> Found:
        targets = {self._candidate.address, *await async_get_targets(self.hass)}
        async with self._async_borrow() as endpoint:
            found = await discover(endpoint, targets, mac=self._candidate.mac)
        if not found or not found[0].answer.is_s20:
            raise FormError("silent")
        return found[0]

    # --- taking over from the built-in integration ---

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
        if async_get_shared_endpoint(self.hass).endpoint is not None:
            return self.async_abort(reason="taken_over")
        return await self._async_abort_port()

    async def async_step_import(self, import_data: dict[str, str]) -> ConfigFlowResult:
        """Make the entry of a socket that is taken over, or was chosen together with another.

        Nothing is asked, neither of the owner nor of the socket.
        """
        data = dict(import_data)
        mac, title = data.pop(CONF_MAC), data.pop(CONF_NAME)
        await self.async_set_unique_id(mac, raise_on_progress=False)
        if (entry := self._entry_of(mac)) is not None:
            return self._async_abort_set_up(entry)
        return self.async_create_entry(title=title, data=data)

    # --- how a flow ends ---

    async def _async_add(self, candidate: Candidate, host: str) -> ConfigFlowResult:
        """Add a device, or give its entry the address that just answered. Either ends its card."""
        entry = await self.async_set_unique_id(candidate.mac, raise_on_progress=False)
        self._abort_if_unique_id_configured(
            updates={CONF_HOST: host},
            description_placeholders=None if entry is None else _describe(entry),
        )
        return self.async_create_entry(title=candidate.title, data=candidate.data(host))

    @callback
    def _async_abort_set_up(self, entry: OrviboConfigEntry) -> ConfigFlowResult:
        return self.async_abort(
            reason="already_configured", description_placeholders=_describe(entry)
        )

    async def _async_abort_port(self) -> ConfigFlowResult:
        """End, because the port is taken, and say what helps."""
        if not is_built_in_imported():
            return self.async_abort(reason="port_in_use")
        if lines := await async_find_yaml(self.hass):
            return self.async_abort(
                reason="built_in_yaml", description_placeholders={"lines": lines}
            )
        return self.async_abort(reason="restart_needed")

    @asynccontextmanager
    async def _async_borrow(self) -> AsyncIterator[Endpoint]:
        """Hold the endpoint for a moment; FormError if it cannot be used."""
        shared = async_get_shared_endpoint(self.hass)
        try:
            yield await shared.async_hold(self.flow_id)
        except EndpointError as error:
            raise FormError("port_in_use" if shared.error else "closed") from error
        finally:
            shared.async_release(self.flow_id)


class OrviboOptionsFlow(OptionsFlowWithReload):
    """Asks what may be done to a device unasked; the entry is loaded again with the answers."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options as they are."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _OPTIONS_SCHEMA, self.config_entry.options
            ),
            description_placeholders=_describe(self.config_entry),
        )


def _describe(entry: OrviboConfigEntry) -> dict[str, str]:
    return {
        "name": entry.title,
        "mac": str(entry.unique_id).upper(),
        "address": entry.data.get(CONF_HOST, "-"),  # an ignored one has none
    }


async def _async_identify(endpoint: Endpoint, address: str, mac: str | None) -> Found:
    """Ask who is at an address: the device with the MAC patiently, anybody else hardly."""
    if mac is not None:
        return await async_identify_patiently(endpoint, address, mac)
    await asyncio.sleep(_READY_TIME)
    return await identify(endpoint, address, tries=_FEW_TRIES)
