"""Bringing a new device onto the Wi-Fi by SmartLink, and then adding it."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_PASSWORD
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .adding_flow import AddingFlow
from .addresses import async_get_broadcasts
from .button_picture import BUTTON_PICTURE
from .candidates import Candidate, async_examine
from .const import DOMAIN
from .s20 import Found, NoAnswerError, S20Error, discover, identify
from .s20.pairing import Announcements, InputError, Joined, Password, require_speakable, smart_link
from .user_input import CONF_NETWORK, FormError

# What works everywhere else, to be copied from a text.
_COMMAND: Final = "python3 s20.pyz connect SSID"
_PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_TRIES: Final = 3  # to ask who has joined, which may not be ready yet


class PairingFlow(AddingFlow):
    """The steps that ask for the password of the Wi-Fi, send it once, and forget it."""

    def __init__(self) -> None:
        """Start with nobody paired."""
        self._pairing: asyncio.Task[Candidate] | None = None
        self._paired: Candidate | None = None
        self._pairing_error = ""

    async def async_step_pair(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Explain the button, and ask for the password, which is never suggested again."""
        broadcasts = await async_get_broadcasts(self.hass)
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                password = _sendable(user_input[CONF_PASSWORD])
            except FormError as error:
                errors = error.errors
            else:
                target = user_input.get(CONF_NETWORK, next(iter(broadcasts)))
                self._pairing = self.hass.async_create_background_task(
                    self._async_pair(password, target), f"{DOMAIN} pairing"
                )
                return await self.async_step_smart_link()
        usual = vol.Required(CONF_NETWORK, default=next(iter(broadcasts)))
        network = {usual: _network_selector(broadcasts)} if len(broadcasts) > 1 else {}
        return self.async_show_form(
            step_id="pair",
            data_schema=vol.Schema({vol.Required(CONF_PASSWORD): _PASSWORD, **network}),
            errors=errors,
            description_placeholders={"picture": BUTTON_PICTURE},
        )

    async def async_step_smart_link(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show how much of the minute has passed."""
        assert self._pairing is not None  # noqa: S101  it is started before
        if not self._pairing.done():
            return self.async_show_progress(
                step_id="smart_link", progress_action="smart_link", progress_task=self._pairing
            )
        ended, self._pairing = self._pairing, None
        try:
            self._paired = ended.result()
        except S20Error as error:
            self._pairing_error = str(error)
            return self.async_show_progress_done(next_step_id="not_paired")
        return self.async_show_progress_done(next_step_id="paired")

    async def async_step_paired(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add the device that has joined."""
        assert self._paired is not None  # noqa: S101  it has joined before
        return await self.async_finish(self._paired, self._paired.address)

    async def async_step_not_paired(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what to try when no device has joined."""
        return self.async_show_menu(
            step_id="not_paired",
            menu_options=["pair", "search"],
            description_placeholders={"error": self._pairing_error, "command": _COMMAND},
        )

    async def _async_pair(self, password: Password, target: str) -> Candidate:
        """Return who has joined the network, and is an S20; S20Error if that is nobody."""
        entries = self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        answered = [found.mac for found in await discover(self._endpoint, [target])]
        known = {*answered, *(entry.unique_id for entry in entries if entry.unique_id)}
        joined = await smart_link(
            password,
            target,
            announcements=Announcements(self._endpoint.listen, known),
            on_progress=self.async_update_progress,
        )
        return await async_examine(self._endpoint, await self._async_identify(joined))

    async def _async_identify(self, joined: Joined) -> Found:
        for _ in range(_TRIES - 1):
            with suppress(NoAnswerError):
                return await identify(self._endpoint, joined.address, mac=joined.mac)
        return await identify(self._endpoint, joined.address, mac=joined.mac)


def _sendable(text: str) -> Password:
    password = Password(text)
    try:
        require_speakable(password)
    except InputError as error:
        raise FormError("password_not_sendable", CONF_PASSWORD) from error
    return password


def _network_selector(broadcasts: dict[str, str]) -> SelectSelector:
    options = [
        SelectOptionDict(value=broadcast, label=network)
        for broadcast, network in broadcasts.items()
    ]
    return SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST))
