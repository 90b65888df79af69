"""The button on a socket, and whoever else switches its relay, as events for automations."""

from functools import partial
from typing import Final, override

from homeassistant.components.event import EventDeviceClass, EventEntity
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .coordinator import Happening, OrviboConfigEntry
from .entity import OrviboEntity
from .s20.events import Cause, RelayChanged

PARALLEL_UPDATES: Final = 0  # nothing is asked for it
PRESS: Final = "press"
DOUBLE_PRESS: Final = "double_press"
ATTR_RELAY: Final = "relay"
DOUBLE_TIME: Final = 1.0  # s, within which a second press makes a double one of both


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OrviboConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event of an entry."""
    async_add_entities([OrviboPress(entry.runtime_data, "button")])


class OrviboPress(OrviboEntity, EventEntity):
    """Fires a press as soon as that can no longer become a double press, a double press at once.

    A change that no push has reported is no press: the answer to a question may report a press long
    after, or what a power cut did.
    """

    _attr_device_class = EventDeviceClass.BUTTON
    _attr_event_types = [PRESS, DOUBLE_PRESS]  # noqa: RUF012  Home Assistant never changes it
    _stop_waiting: CALLBACK_TYPE | None = None  # for a second press

    @override
    async def async_added_to_hass(self) -> None:
        """Hear of what happens to the socket."""
        await super().async_added_to_hass()
        signal = self.coordinator.happenings
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._async_on_happening))
        self.async_on_remove(self._async_forget)

    @callback
    def _async_on_happening(self, happening: Happening) -> None:
        match happening:
            case RelayChanged(power, Cause.SOMEBODY, is_pushed=True) if self._stop_waiting is None:
                fire = partial(self._async_fire, PRESS, power)
                self._stop_waiting = async_call_later(self.hass, DOUBLE_TIME, fire)
            case RelayChanged(power, Cause.SOMEBODY, is_pushed=True):
                self._async_forget()
                self._async_fire(DOUBLE_PRESS, power)

    @callback
    def _async_fire(self, kind: str, power: bool, _now: object = None) -> None:
        self._stop_waiting = None
        self._trigger_event(kind, {ATTR_RELAY: STATE_ON if power else STATE_OFF})
        self.async_write_ha_state()

    @callback
    def _async_forget(self) -> None:
        if self._stop_waiting is not None:
            self._stop_waiting()
            self._stop_waiting = None
