"""Actions beyond those of a switch: what the socket itself does. All are aimed at its switch."""

from collections.abc import Callable, Coroutine
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN, SwitchDeviceClass
from homeassistant.const import (
    ATTR_CODE,
    ATTR_DATE,
    ATTR_NAME,
    ATTR_TIME,
    WEEKDAYS,
)
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_platform_entity_service
import voluptuous as vol

from .const import DOMAIN
from .coordinator import OrviboCoordinator
from .errors import refusal, require_name
from .local_time import now
from .periods import free_code
from .planner import Planner
from .s20 import Timer
from .s20.countdown import LONGEST_COUNTDOWN
from .s20.storage import TimerChanges, TimerRecords
from .switch import OrviboSwitch

ATTR_DURATION: Final = "duration"
ATTR_POWER: Final = "power"
ATTR_WEEKDAYS: Final = "weekdays"


def _duration(value: object) -> timedelta:
    """Take a time period as Home Assistant does; one beyond all bounds is no crash either."""
    try:
        return cv.positive_timedelta(cv.time_period(value))
    except OverflowError as error:
        raise vol.Invalid("the duration is too long") from error


_CODE: Final = vol.All(vol.Coerce(int), vol.Range(min=0, max=2**16 - 1))

type Answer = dict[str, Any] | None
type Act = Callable[[OrviboCoordinator, dict[str, Any]], Coroutine[Any, Any, Answer]]


async def _set_power_for(power: bool, coordinator: OrviboCoordinator, data: dict[str, Any]) -> None:
    await coordinator.async_set_power_for(power, _seconds(data[ATTR_DURATION]))


async def _start_countdown(coordinator: OrviboCoordinator, data: dict[str, Any]) -> None:
    seconds = _seconds(data[ATTR_DURATION])
    await coordinator.async_start_countdown(data[ATTR_POWER], seconds)


async def _get_timers(coordinator: OrviboCoordinator, _data: dict[str, Any]) -> Answer:
    timers = await coordinator.async_read_timers()
    return {"timers": [_describe(timer) for timer in timers.values()]}


async def _set_timer(coordinator: OrviboCoordinator, data: dict[str, Any]) -> Answer:
    written: list[int] = []

    def plan(planner: Planner) -> TimerChanges:
        timer = _timer(data, planner.records)
        written[:] = [timer.code]
        return planner.write(timer)

    await coordinator.async_write_timers(plan)
    return {ATTR_CODE: written[0]}


async def _delete_timer(coordinator: OrviboCoordinator, data: dict[str, Any]) -> None:
    def plan(planner: Planner) -> TimerChanges:
        return planner.delete(_known(data[ATTR_CODE], planner.records))

    await coordinator.async_change_timers(plan)


_ACTIONS: Final[dict[str, tuple[Act, dict[Any, Any], SupportsResponse]]] = {
    "turn_on_for": (
        partial(_set_power_for, True),
        {vol.Required(ATTR_DURATION): _duration},
        SupportsResponse.NONE,
    ),
    "turn_off_for": (
        partial(_set_power_for, False),
        {vol.Required(ATTR_DURATION): _duration},
        SupportsResponse.NONE,
    ),
    "start_countdown": (
        _start_countdown,
        {vol.Required(ATTR_DURATION): _duration, vol.Required(ATTR_POWER): cv.boolean},
        SupportsResponse.NONE,
    ),
    "get_timers": (_get_timers, {}, SupportsResponse.ONLY),
    "set_timer": (
        _set_timer,
        {
            vol.Required(ATTR_POWER): cv.boolean,
            vol.Required(ATTR_TIME): cv.time,
            vol.Optional(ATTR_WEEKDAYS): cv.weekdays,
            vol.Optional(ATTR_DATE): cv.date,
            vol.Optional(ATTR_NAME): cv.string,
            vol.Optional(ATTR_CODE): _CODE,
        },
        SupportsResponse.OPTIONAL,
    ),
    "delete_timer": (_delete_timer, {vol.Required(ATTR_CODE): _CODE}, SupportsResponse.NONE),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions."""
    for name, (act, schema, response) in _ACTIONS.items():
        async_register_platform_entity_service(
            hass,
            DOMAIN,
            name,
            entity_domain=SWITCH_DOMAIN,
            entity_device_classes=[SwitchDeviceClass.OUTLET],
            func=partial(_async_act, act),
            schema=schema,
            supports_response=response,
        )


async def _async_act(act: Act, switch: OrviboSwitch, call: ServiceCall) -> Answer:
    return await act(switch.coordinator, dict(call.data))


def _seconds(duration: timedelta) -> int:
    seconds = round(duration.total_seconds())
    if not 0 < seconds <= LONGEST_COUNTDOWN:
        most = _clock_face(LONGEST_COUNTDOWN)
        raise refusal("duration_out_of_range", duration=_clock_face(seconds), most=most)
    return seconds


def _clock_face(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _timer(data: dict[str, Any], records: TimerRecords) -> Timer:
    """Return the timer that is wanted, with a new code or in place of another one."""
    power: bool = data[ATTR_POWER]
    at: time = data[ATTR_TIME]
    day: date | None = data.get(ATTR_DATE)
    days = frozenset(map(WEEKDAYS.index, data.get(ATTR_WEEKDAYS, ())))
    if bool(days) == (day is not None):
        raise refusal("either_weekdays_or_date")
    if name := data.get(ATTR_NAME, "").strip():
        require_name(name)
    code = _known(data[ATTR_CODE], records) if ATTR_CODE in data else _new_code(power, records)
    when = datetime.combine(day or now().date(), at).replace(microsecond=0)
    return Timer(code, power, when.date(), when.time(), days, name or None)


def _new_code(power: bool, records: TimerRecords) -> int:
    """Return a code whose partner is free, so that the timer stands alone."""
    return free_code(records) | (not power)


def _known(code: int, records: TimerRecords) -> int:
    if code not in records:
        raise refusal("no_such_timer", code=str(code))
    return code


def _describe(timer: Timer) -> dict[str, Any]:
    when: dict[str, Any] = {ATTR_DATE: timer.date.isoformat()}
    if timer.days:
        when = {ATTR_WEEKDAYS: [WEEKDAYS[day] for day in sorted(timer.days)]}
    return {
        ATTR_CODE: timer.code,
        ATTR_NAME: timer.name,
        ATTR_POWER: timer.power,
        ATTR_TIME: timer.time.isoformat(),
        **when,
    }
