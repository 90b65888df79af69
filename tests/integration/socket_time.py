"""What tests of timers, clocks and countdowns share: entities, actions and moments."""

from datetime import UTC, datetime
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20 import Timer
from custom_components.orvibo_s20.s20.wire.timers import decode_timers
from tests.simulator.plug import Plug

from .conftest import ENTITY, TO_READ, pass_time

CALENDAR: Final = "calendar.kitchen_timers"
CLOCK: Final = "binary_sensor.kitchen_clock"
COUNTDOWN: Final = "sensor.kitchen_countdown"
TURNS: Final = "sensor.kitchen_countdown_turns"
CANCEL: Final = "button.kitchen_cancel_countdown"
SET_CLOCK: Final = "button.kitchen_set_clock"
SET_ZONE: Final = "button.kitchen_set_time_zone"
LOCK: Final = "switch.kitchen_lock"
AUTO_OFF: Final = "switch.kitchen_auto_off"
DELAY: Final = "number.kitchen_auto_off_after"
NAME: Final = "text.kitchen_name_in_the_socket"


async def act(
    hass: HomeAssistant, action: str, data: dict[str, Any] | None = None, *, answers: bool = False
) -> dict[str, Any]:
    """Perform one of our actions on the plug, and return its answer if it has one."""
    answer = await hass.services.async_call(
        DOMAIN,
        action,
        data or {},
        blocking=True,
        target={"entity_id": ENTITY},
        return_response=answers,
    )
    return dict(answer[ENTITY]) if answer else {}  # type: ignore[arg-type]  # JSON of our own


async def call(
    hass: HomeAssistant, domain: str, service: str, entity: str, **data: Any
) -> dict[str, Any]:
    """Perform an action of Home Assistant on one of our entities."""
    returns = service.startswith("get_")
    answer = await hass.services.async_call(
        domain,
        service,
        data,
        blocking=True,
        target={"entity_id": entity},
        return_response=returns,
    )
    return dict(answer[entity]) if answer else {}  # type: ignore[arg-type]  # JSON of Home Assistant's


async def press(hass: HomeAssistant, button: str) -> None:
    """Press one of our buttons."""
    await call(hass, "button", "press", button)


async def enable(hass: HomeAssistant, entry: MockConfigEntry, entity: str) -> None:
    """Enable an entity that is disabled at first, and load the entry again."""
    er.async_get(hass).async_update_entity(entity, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, TO_READ)


def local(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """Return a moment so many days from today, by the clock on the wall."""
    today = dt_util.now().replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (
        today.replace(tzinfo=None)
        .fromordinal(today.toordinal() + day)
        .replace(hour=hour, minute=minute, tzinfo=dt_util.get_default_time_zone())
    )


def timers_of(plug: Plug) -> list[Timer]:
    """Return the timers in a plug."""
    return list(decode_timers(plug.appliance.timers.records).values())


def seconds_wrong(plug: Plug, now: float) -> float:
    """Return by how much the clock of a plug is ahead of the truth."""
    truth = datetime.fromtimestamp(plug.parameters.unix_at_zero + now, UTC)
    return (
        plug.appliance.clock.read(now) - (truth - datetime(1900, 1, 1, tzinfo=UTC)).total_seconds()
    )
