"""The file that an owner attaches to a report: everything a helper needs, nothing private."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
import json
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_USER, ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, CONF_HOST, SERVICE_TURN_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.discovery_flow import DiscoveryKey
from homeassistant.helpers.json import ExtendedJSONEncoder
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import CONF_KEEP_CLOCK, DOMAIN
from custom_components.orvibo_s20.diagnostics import async_get_config_entry_diagnostics
from custom_components.orvibo_s20.endpoint import async_get_shared_endpoint
from custom_components.orvibo_s20.s20 import Answer, Timer
from custom_components.orvibo_s20.s20.wire.timers import WEEK
from tests.conftest import ADDRESS, MAC
from tests.packets import encode_answer
from tests.simulator.clock import ClockMode
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug
from tests.simulator.variants import SecretivePlug

from .conftest import SetUp, make_entry, pass_time

NAME, PASSWORD, HOST_NAME, TITLE = "Bedroom lamp", "Hunter2secret", "attic-socket.home", "Kitchen"


async def download(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Return what the file of an entry contains, after a way through JSON."""
    told = await async_get_config_entry_diagnostics(hass, entry)
    content: dict[str, Any] = json.loads(json.dumps(told, cls=ExtendedJSONEncoder))
    return content


async def test_they_tell_how_the_device_is(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    entry = await set_up()
    await asyncio.sleep(1.0)
    told = await download(hass, entry)
    device = told["device"]
    assert (device["power"], device["available"], device["missed_polls"]) == (False, True, 0)
    assert (device["sent"], device["retried"], device["received"]) == (5, 0, 14)
    settings = told["storage"]["settings"]
    assert (settings["hardware"], settings["firmware"], settings["length"]) == (32, 26, 190)


async def test_they_tell_of_timers_what_is_not_private(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    timer = Timer(0x4000, True, date(2026, 1, 1), time(6, 30), WEEK, NAME)
    plug.appliance.add_timer(timer.encode(), hass.loop.time())
    storage = (await download(hass, await set_up()))["storage"]
    assert storage["timers"] == [{"code": 0x4000, "power": True, "is_weekly": True}]
    assert (storage["counts_down_to"], storage["is_half_written"]) == (None, False)


async def test_they_tell_what_is_done_after_a_power_cut(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.parameters.clock_mode = ClockMode.FROM_2000
    entry = await set_up()
    await pass_time(hass, 10.0)
    told = (await download(hass, entry))["after_power_cut"]
    assert told == {
        "mode": "leave",
        "power": False,
        "is_clock_known": True,
        "last_cut_seconds_ago": None,
    }
    plug.plug_in(hass.loop.time())
    await pass_time(hass, 60.0)
    told = (await download(hass, entry))["after_power_cut"]
    assert 58.0 <= told["last_cut_seconds_ago"] <= 62.0


async def test_what_a_device_does_not_tell_is_told_as_unknown(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    memory_lan.add(SecretivePlug(ADDRESS, MAC, now=hass.loop.time()))
    storage = (await download(hass, await set_up()))["storage"]
    assert (storage["settings"], storage["timers"]) == (None, None)


async def test_they_tell_the_last_exchanges(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    entry = await set_up()
    await asyncio.sleep(1.0)
    plug.press(hass.loop.time())
    await asyncio.sleep(1.0)
    exchanges = (await download(hass, entry))["device"]["exchanges"]
    assert [(one["is_sent"], one["kind"]) for one in exchanges] == [
        *((is_sent, "subscribe") for is_sent in (True, False)),
        *((is_sent, "read_table") for is_sent in (True, False)),
        *((is_sent, "identify") for is_sent in (True, False)),
        *((is_sent, "read_table") for is_sent in (True, False)),
        *((is_sent, "countdown") for is_sent in (True, False)),
        (False, "power_push"),
    ]
    [subscribe, answer], table, push = exchanges[:2], exchanges[7], exchanges[-1]
    assert table["length"] == 220
    assert (subscribe["is_sent"], subscribe["frame"]) == (True, "6864001e636c" + 24 * "..")
    assert answer["frame"] == "68640018636c" + 12 * ".." + "000000000000"
    assert 0.9 < push.pop("seconds_ago") < 1.0
    frame = "686400177366" + 12 * ".." + "0000000001"
    wanted = {"is_sent": False, "kind": "power_push", "length": 23, "frame": frame, "copies": 2}
    assert push == wanted


async def test_they_tell_whether_the_subscription_is_live(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await asyncio.sleep(19.0)
    subscription = (await download(hass, entry))["device"]["subscription"]
    assert subscription["is_live"] is True
    assert 19.0 < subscription["proved_seconds_ago"] < 21.0


async def test_a_subscription_that_a_restart_ended_is_told_as_such(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    plug.rejoin(hass.loop.time())
    plug.lose_next(100)
    await asyncio.sleep(2.0)
    subscription = (await download(hass, entry))["device"]["subscription"]
    assert subscription == {"is_live": False, "proved_seconds_ago": None}


async def test_they_tell_how_fast_the_device_answers(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    times = (await download(hass, await set_up()))["device"]["answer_time"]
    assert 0.0 < times["smoothed"] < 0.3
    assert 0.0 < times["deviation"] < 0.3
    assert 0.2 <= times["next_retry_after"] <= 1.0


async def test_losses_and_missed_polls_are_told(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await asyncio.sleep(1.0)
    before = (await download(hass, entry))["device"]
    plug.unplug(hass.loop.time())
    await asyncio.sleep(40.0)
    device = (await download(hass, entry))["device"]
    assert (device["missed_polls"], device["received"]) == (1, before["received"])
    retried, sent = (device[one] - before[one] for one in ("retried", "sent"))
    assert retried == sent - 1 > 0  # all but the first try
    assert 39.0 < device["heard_seconds_ago"] < 42.0


async def test_without_an_announcement_nothing_is_known_of_the_clock(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    plug.parameters.burst_copies = 0  # the question of the start is lost
    assert (await download(hass, await set_up()))["device"]["clock"] is None


async def test_a_clock_is_compared_with_the_time_when_it_was_heard(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options={CONF_KEEP_CLOCK: False})
    plug.set_clock(plug.parameters.unix_at_zero + hass.loop.time() + 3600.0, hass.loop.time())
    plug.rejoin(hass.loop.time())
    await asyncio.sleep(5.0)
    plug.leave_network(hass.loop.time())
    await asyncio.sleep(100.0)
    unix_now = plug.parameters.unix_at_zero + hass.loop.time()
    freezer.move_to(datetime.fromtimestamp(unix_now, UTC))
    clock = (await download(hass, entry))["device"]["clock"]
    assert 100.0 < clock["told_seconds_ago"] < 105.0
    assert clock["seconds_ahead"] == pytest.approx(3600.0, abs=1.0)
    assert clock["never_set_counts_from"] is None


@pytest.mark.parametrize(
    ("mode", "year"),
    [(ClockMode.FROZEN, 1900), (ClockMode.FROM_1900, 1900), (ClockMode.FROM_2000, 2000)],
)
async def test_a_clock_that_was_never_set_tells_from_when_it_counts(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, mode: ClockMode, year: int
) -> None:
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options={CONF_KEEP_CLOCK: False})
    plug.restart_clock(mode, hass.loop.time())
    plug.rejoin(hass.loop.time())
    await asyncio.sleep(5.0)
    clock = (await download(hass, entry))["device"]["clock"]
    assert (clock["seconds_ahead"], clock["never_set_counts_from"]) == (None, year)


async def test_they_tell_about_the_endpoint(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    memory_lan.say(b"noise", ADDRESS)
    await asyncio.sleep(1.0)
    endpoint = (await download(hass, entry))["endpoint"]
    assert endpoint.pop("dropped") == {
        "foreign": 1,
        "malformed": 0,
        "request": 0,
        "unknown_device": 0,
        "wrong_address": 0,
        "flood": 0,
    }
    assert endpoint == {
        "port": 10000,
        "is_open": True,
        "error": None,
        "sent": 5,
        "received": 15,
        "receive_buffer": None,  # as the network in memory grants none
        "send_errors": 0,
    }


@pytest.mark.parametrize(("address", "is_local"), [(ADDRESS, True), ("10.99.0.1", False)])
async def test_they_tell_whether_the_socket_is_in_the_same_network(
    hass: HomeAssistant, memory_lan: MemoryLan, address: str, is_local: bool
) -> None:
    entry = make_entry(host=address)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    network = (await download(hass, entry))["network"]
    assert network == {"adapters": 1, "enabled_adapters": 1, "is_local": is_local}


async def test_an_entry_that_waits_tells_its_last_attempt(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    told = await download(hass, await set_up())
    entry, device = told["entry"], told["device"]
    assert (entry["state"], entry["reason"]) == ("setup_retry", "no_answer")
    assert (device["sent"], device["retried"], device["received"]) == (7, 6, 0)
    assert (device["heard_seconds_ago"], device["available"]) == (None, False)


async def test_an_entry_that_waits_for_the_port_tells_why(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    memory_lan.occupy()
    told = await download(hass, await set_up())
    assert told["entry"]["reason"] == "port_in_use"
    error = "cannot use UDP 0.0.0.0:10000: Address already in use"
    assert told["endpoint"] == {"port": 10000, "is_open": False, "error": error}
    assert "device" not in told


async def test_a_port_that_came_free_is_no_error_any_more(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    free = memory_lan.occupy()
    entry = await set_up()
    free()
    await asyncio.sleep(40.0)
    await hass.async_block_till_done()
    endpoint = (await download(hass, entry))["endpoint"]
    assert (endpoint["is_open"], endpoint["error"]) == (True, None)


async def test_an_entry_that_is_not_loaded_or_disabled_has_diagnostics_too(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await hass.config_entries.async_unload(entry.entry_id)
    told = await download(hass, entry)
    assert (told["entry"]["state"], told["entry"]["disabled_by"]) == ("not_loaded", None)
    assert told["endpoint"] == {"port": 10000, "is_open": False, "error": None}
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    told = await download(hass, entry)
    assert told["entry"]["disabled_by"] == "user"


async def test_a_download_asks_nothing_of_the_socket(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug, set_up: SetUp
) -> None:
    entry = await set_up()
    await asyncio.sleep(10.0)  # the sweep after the start is over
    sent = len(memory_lan.sent)
    await download(hass, entry)
    await asyncio.sleep(5.0)
    assert len(memory_lan.sent) == sent


# --- nothing private ---


def forms() -> Iterator[str]:
    """Yield whatever must not be told, in lower case, as text and as bytes in hex."""
    mac = bytes.fromhex(MAC.replace(":", ""))
    addresses = [bytes(map(int, address.split("."))) for address in (ADDRESS, "10.10.10.10")]
    for secret in (mac, mac[::-1], *(one[::way] for one in addresses for way in (1, -1))):
        yield secret.hex()
        yield secret.hex(":")
    for text in (MAC, ADDRESS, "10.10.10.10", NAME, PASSWORD[:12], HOST_NAME, TITLE):
        yield text.lower()
        yield text.encode().hex()


def found_in(*things: object) -> set[str]:
    """Return the forms of anything private in things, which are searched as JSON text."""
    text = json.dumps(things, cls=ExtendedJSONEncoder, ensure_ascii=False).lower()
    return {form for form in forms() if form in text}


def prepare(plug: Plug, now: float) -> None:
    """Have a plug know all secrets: also its addresses, forwards and backwards."""
    plug.rename(NAME.encode(), now)
    plug.settings.password = PASSWORD[:12].encode()
    address, host = (bytes(map(int, one.split("."))) for one in (ADDRESS, "10.10.10.10"))
    record = plug.settings.record.replace(bytes((192, 168, 1, 200)), address)
    record = record.replace(bytes((192, 168, 1, 1)), host)
    plug.settings.record = record.replace(bytes((42, 121, 111, 208)), address[::-1])


async def live(hass: HomeAssistant, entry: MockConfigEntry, plug: Plug) -> None:
    """Do everything that sends or receives something, and read the table last."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    await asyncio.sleep(10.0)
    hass.config_entries.flow.async_abort(flow["flow_id"])
    target = {ATTR_ENTITY_ID: "switch.kitchen"}
    await hass.services.async_call(Platform.SWITCH, SERVICE_TURN_ON, target, blocking=True)
    plug.unplug(hass.loop.time())
    await asyncio.sleep(100.0)
    plug.plug_in(hass.loop.time())
    await asyncio.sleep(100.0)
    assert entry.state is ConfigEntryState.LOADED
    await entry.runtime_data.async_set_clock()
    actions: tuple[tuple[str, dict[str, Any]], ...] = (
        ("start_countdown", {"duration": 60, "power": False}),
        ("set_timer", {"power": True, "time": "06:30:00", "weekdays": ["mon"], "name": NAME}),
    )
    for service, data in actions:
        await hass.services.async_call(DOMAIN, service, data, blocking=True, target=target)
    await entry.runtime_data.device.storage.read_settings()


async def test_nothing_private_is_told(
    hass: HomeAssistant, memory_lan: MemoryLan, plug: Plug
) -> None:
    prepare(plug, hass.loop.time())
    memory_lan.names[HOST_NAME] = ADDRESS
    key = DiscoveryKey(domain="dhcp", key=MAC.replace(":", ""), version=1)
    entry = make_entry(host=HOST_NAME, title=TITLE)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, discovery_keys=MappingProxyType({"dhcp": (key,)}))
    await hass.config_entries.async_setup(entry.entry_id)
    heard: list[tuple[Answer, str]] = []
    endpoint = async_get_shared_endpoint(hass).endpoint
    assert endpoint is not None
    endpoint.listen(lambda answer, address: heard.append((answer, address)))
    await live(hass, entry, plug)
    told = await download(hass, entry)
    kinds = {one["kind"] for one in told["device"]["exchanges"]}
    assert {"read_table", "change_table", "set_clock", "countdown"} <= kinds
    assert found_in(told) == set()
    frames = [encode_answer(answer) for answer, _ in heard]
    frames += [datagram.data for _, datagram in memory_lan.sent]
    plain = [entry.as_dict(), repr(memory_lan.sent), repr(heard)]
    shown = [f"{frame.hex()} {frame.hex(':')} {frame!r}" for frame in frames]
    assert found_in(plain, shown, json.dumps(plain, default=str).encode().hex()) == set(forms())


async def test_nothing_private_is_told_of_an_entry_that_waits(
    hass: HomeAssistant, memory_lan: MemoryLan
) -> None:
    entry = make_entry(host=HOST_NAME, title=TITLE)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.data[CONF_HOST] == HOST_NAME
    told = await download(hass, entry)
    assert told["entry"]["has_host_name"] is True
    assert found_in(told) == set()
