"""Setting up a device: search and pick one, or type where it is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_MAC, CONF_MODEL
from homeassistant.core import callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .const import DOMAIN
from .discovery import async_get_targets, async_resolve
from .s20 import (
    LONGEST_SEARCH,
    Device,
    Found,
    Lan,
    LanError,
    NoAnswerError,
    S20Error,
    WrongDeviceError,
    identify,
    parse_mac,
    search,
)
from .shared_lan import async_get_shared_lan

_TYPE_ADDRESS: Final = "address"  # the last line of the list; no MAC looks like it
_MOST_CANDIDATES: Final = 256  # each is asked for its name; more are not a house but an attack
_PROGRESS_INTERVAL: Final = timedelta(seconds=0.5)
_ADDRESS_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_HOST): TextSelector(), vol.Optional(CONF_MAC): TextSelector()}
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device that could be added."""

    mac: str
    address: str
    model: str
    name: str | None

    @property
    def title(self) -> str:
        """The name that the owner gave it, else one that tells it from its siblings."""
        return self.name or f"S20 {self.mac.replace(':', '')[-6:].upper()}"

    @property
    def label(self) -> str:
        """The device as a line of the list."""
        return f"{self.title} ({self.mac.upper()}, {self.address})"


class AddressError(Exception):
    """What was typed does not lead to a device; the text is a key in `config.error`."""

    def __init__(self, key: str, field: str = "base", **placeholders: str) -> None:
        """Keep the field that is wrong and what the text has to name."""
        super().__init__(key)
        self.key = key
        self.field = field
        self.placeholders = placeholders


class OrviboConfigFlow(ConfigFlow, domain=DOMAIN):
    """Adds one device, identified by its MAC."""

    _lan: Lan

    def __init__(self) -> None:
        """Start with nothing found."""
        self._candidates: dict[str, Candidate] = {}
        self._unsupported: list[str] = []
        self._search: asyncio.Task[None] | None = None

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Start searching at once."""
        try:
            self._lan = await async_get_shared_lan(self.hass).async_hold(self.flow_id)
        except LanError as error:
            return self.async_abort(
                reason="port_in_use", description_placeholders={"error": str(error)}
            )
        return await self.async_step_search()

    @callback
    @override
    def async_remove(self) -> None:
        """Let go of the endpoint, however the flow ended."""
        async_get_shared_lan(self.hass).async_release(self.flow_id)

    async def async_step_search(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the progress of a search."""
        if self._search is None:
            self._search = self.hass.async_create_background_task(
                self._async_search(), f"{DOMAIN} search"
            )
        if not self._search.done():
            return self.async_show_progress(
                step_id="search", progress_action="search", progress_task=self._search
            )
        ended, self._search = self._search, None
        return self.async_show_progress_done(next_step_id=self._after(ended))

    async def async_step_pick(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the list of devices, the first one preselected."""
        if user_input is not None:
            if user_input[CONF_DEVICE] == _TYPE_ADDRESS:
                return await self.async_step_address()
            candidate = self._candidates[user_input[CONF_DEVICE]]
            await self._async_require_new(candidate.mac, candidate.address)
            return self._finish(candidate, candidate.address)
        options = [
            SelectOptionDict(value=mac, label=candidate.label)
            for mac, candidate in self._candidates.items()
        ]
        options.append(SelectOptionDict(value=_TYPE_ADDRESS, label=_TYPE_ADDRESS))
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
        return self.async_show_menu(step_id="not_found", menu_options=["search", _TYPE_ADDRESS])

    async def async_step_not_supported(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Name what answered instead."""
        return self.async_show_menu(
            step_id="not_supported",
            menu_options=["search", _TYPE_ADDRESS],
            description_placeholders={"devices": ", ".join(self._unsupported)},
        )

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an address, and ask the device there who it is."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            host = user_input[CONF_HOST].strip()
            try:
                found = await self._async_identify(host, user_input.get(CONF_MAC, ""))
            except LanError:
                return await self.async_step_closed()
            except AddressError as error:
                errors[error.field] = error.key
                placeholders = error.placeholders
            else:
                await self._async_require_new(found.mac, host)
                return self._finish(await _async_examine(self._lan, found), host)
        return self.async_show_form(
            step_id=_TYPE_ADDRESS,
            data_schema=self.add_suggested_values_to_schema(_ADDRESS_SCHEMA, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_closed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End, because the endpoint did: Home Assistant is stopping."""
        return self.async_abort(reason="closed")

    async def _async_require_new(self, mac: str, host: str) -> None:
        """End where there is an entry already, and lead it to where its device just answered."""
        await self.async_set_unique_id(mac)
        self._abort_if_unique_id_configured(updates={CONF_HOST: host})

    def _finish(self, candidate: Candidate, host: str) -> ConfigFlowResult:
        data = {CONF_HOST: host, CONF_MODEL: candidate.model}
        return self.async_create_entry(title=candidate.title, data=data)

    async def _async_search(self) -> None:
        """Collect the candidates."""
        known = self._async_current_ids(include_ignore=False)
        targets = await async_get_targets(self.hass)
        with _progress(self):
            found = await search(self._lan, targets, known=[mac for mac in known if mac])
            new = [one for one in found if one.answer.is_s20 and one.mac not in known]
            examined = [_async_examine(self._lan, one) for one in new[:_MOST_CANDIDATES]]
            candidates = await asyncio.gather(*examined)
        candidates.sort(key=lambda candidate: candidate.title.casefold())
        self._candidates = {candidate.mac: candidate for candidate in candidates}
        self._unsupported = [
            f"{one.answer.kind} ({one.address})" for one in found if not one.answer.is_s20
        ]

    def _after(self, ended: asyncio.Task[None]) -> str:
        try:
            ended.result()
        except LanError:
            return "closed"
        if self._candidates:
            return "pick"
        return "not_supported" if self._unsupported else "not_found"

    async def _async_identify(self, host: str, typed_mac: str) -> Found:
        """Return who answers at the address; AddressError says what is wrong with it."""
        try:
            mac = parse_mac(typed_mac) if typed_mac.strip() else None
        except ValueError as error:
            raise AddressError("invalid_mac", CONF_MAC) from error
        if (address := await async_resolve(self.hass, host)) is None:
            raise AddressError("invalid_host", CONF_HOST)
        targets = await async_get_targets(self.hass)
        try:
            return await identify(self._lan, address, mac=mac, elsewhere=targets)
        except NoAnswerError as error:
            raise AddressError("no_answer") from error
        except WrongDeviceError as error:
            key = _which_mistake(error, address)
            raise AddressError(
                key, mac=error.mac.upper(), address=error.address, model=error.model
            ) from error


@contextmanager
def _progress(flow: OrviboConfigFlow) -> Iterator[None]:
    """Move the progress bar of a flow while a search lasts."""
    start = flow.hass.loop.time()

    @callback
    def tick(_now: datetime) -> None:
        flow.async_update_progress(min((flow.hass.loop.time() - start) / LONGEST_SEARCH, 1.0))

    stop = async_track_time_interval(flow.hass, tick, _PROGRESS_INTERVAL, cancel_on_shutdown=True)
    try:
        yield
    finally:
        stop()


async def _async_examine(lan: Lan, found: Found) -> Candidate:
    """Read the name of a device. One that does not tell it can be added all the same."""
    device = Device(lan, found.mac, found.address)
    try:
        await device.subscribe()
        name = (await device.read_settings()).name
    except S20Error:
        name = None
    finally:
        device.close()
    return Candidate(found.mac, found.address, found.answer.model, name)


def _which_mistake(error: WrongDeviceError, address: str) -> str:
    """Return the key of the text for a device that is not the wanted one."""
    if error.address != address:
        return "mac_elsewhere"
    return "other_socket" if error.is_s20 else "not_supported"
