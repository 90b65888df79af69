"""Several sockets are added with one Submit."""

import asyncio

from homeassistant.config_entries import SOURCE_IGNORE, ConfigEntryState
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.orvibo_s20.const import DOMAIN
from tests.conftest import add_plug
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .conftest import announce, make_entry
from .flows import answer, cards, options, press_submit, search, start

HOUSE = range(10)


def address(number: int) -> str:
    return f"10.10.10.{100 + number}"


def mac(number: int) -> str:
    return f"ac:cf:23:00:04:{number:02x}"


@pytest.fixture
async def plugs(hass: HomeAssistant, memory_lan: MemoryLan) -> list[Plug]:
    """Ten sockets with names."""
    found = [add_plug(memory_lan, address(number), mac(number)) for number in HOUSE]
    for number, plug in enumerate(found):
        plug.rename(f"Lamp {number}".encode(), hass.loop.time())
    return found


def added(hass: HomeAssistant) -> dict[str | None, tuple[str, ConfigEntryState]]:
    """Return the entries by their MAC."""
    entries = hass.config_entries.async_entries(DOMAIN)
    return {entry.unique_id: (entry.title, entry.state) for entry in entries}


async def test_all_that_were_found_are_added_with_one_submit(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    shown = await search(hass)
    assert [line["value"] for line in options(shown)] == [mac(number) for number in HOUSE]
    done = await press_submit(hass, shown)
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Lamp 0")
    assert added(hass) == {
        mac(number): (f"Lamp {number}", ConfigEntryState.LOADED) for number in HOUSE
    }
    for entry in hass.config_entries.async_entries(DOMAIN):
        assert entry.data.keys() == {"host", "model"}
    await asyncio.sleep(60.0)
    assert cards(hass) == []


async def test_only_those_that_stay_ticked_are_added(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    await answer(hass, await search(hass), devices=[mac(2), mac(5)])
    await hass.async_block_till_done()
    assert added(hass).keys() == {mac(2), mac(5)}


async def test_none_ticked_is_a_mistake_that_is_said(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    shown = await answer(hass, await search(hass), devices=[])
    assert (shown["step_id"], shown["errors"]) == ("pick", {"devices": "none_chosen"})
    assert (await press_submit(hass, shown))["type"] is FlowResultType.CREATE_ENTRY


async def test_another_way_adds_nothing_that_is_ticked(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    shown = await answer(hass, await search(hass), instead="address")
    assert shown["step_id"] == "address"
    assert added(hass) == {}


async def test_a_socket_that_fails_meanwhile_is_named_and_the_others_are_in(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    shown = await search(hass)
    plugs[0].unplug(hass.loop.time())
    shown = await press_submit(hass, shown)
    assert (shown["step_id"], shown["errors"]) == ("address", {"base": "not_there"})
    assert shown["description_placeholders"] == {
        "sockets": f"Lamp 0 ({mac(0).upper()}, {address(0)})"
    }
    assert shown["data_schema"] is not None
    suggested = {str(field): field.description for field in shown["data_schema"].schema}
    assert suggested["mac"] == {"suggested_value": mac(0).upper()}
    assert added(hass).keys() == {mac(number) for number in HOUSE[1:]}
    plugs[0].plug_in(hass.loop.time())
    await asyncio.sleep(5.0)
    done = await answer(hass, shown, host=address(0))
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Lamp 0")


async def test_all_that_fail_are_named(hass: HomeAssistant, plugs: list[Plug]) -> None:
    shown = await search(hass)
    for plug in plugs[:2]:
        plug.unplug(hass.loop.time())
    shown = await press_submit(hass, shown)
    assert shown["description_placeholders"] is not None
    named = shown["description_placeholders"]["sockets"]
    assert [one.split(" (")[0] for one in named.split("), ")] == ["Lamp 0", "Lamp 1"]
    assert len(added(hass)) == len(HOUSE) - 2


async def test_what_was_set_up_meanwhile_stays_as_it_is(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    shown = await search(hass)
    entry = make_entry(mac(0), "10.10.10.7", "Mine")
    entry.add_to_hass(hass)
    done = await press_submit(hass, shown)
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Lamp 1")
    assert (entry.title, entry.data[CONF_HOST]) == ("Mine", "10.10.10.7")
    assert len(added(hass)) == len(HOUSE)


async def test_what_is_set_up_while_the_others_are_asked_stays_as_it_is(
    hass: HomeAssistant, memory_lan: MemoryLan, plugs: list[Plug]
) -> None:
    shown = await search(hass)
    memory_lan.network.fail_until(hass.loop.time() + 0.3)
    adding = hass.async_create_task(press_submit(hass, shown))
    await asyncio.sleep(0.2)
    entry = make_entry(mac(0), "socket.lan", "Mine")
    entry.add_to_hass(hass)
    done = await adding
    assert (done["type"], done["title"]) == (FlowResultType.CREATE_ENTRY, "Lamp 1")
    assert (entry.title, entry.data[CONF_HOST]) == ("Mine", "socket.lan")
    assert len(added(hass)) == len(HOUSE)


async def test_what_was_ignored_is_added_when_it_is_ticked(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    for number in (0, 3):
        ignored = MockConfigEntry(domain=DOMAIN, unique_id=mac(number), source=SOURCE_IGNORE)
        ignored.add_to_hass(hass)
    await press_submit(hass, await search(hass))
    assert added(hass) == {
        mac(number): (f"Lamp {number}", ConfigEntryState.LOADED) for number in HOUSE
    }


async def test_the_cards_of_what_is_added_go_away(
    hass: HomeAssistant, memory_lan: MemoryLan, plugs: list[Plug]
) -> None:
    for number in (0, 4):
        await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": "integration_discovery"},
            data={"mac": mac(number), "host": address(number)},
        )
    assert len(cards(hass)) == 2
    shown = await search(hass)
    await press_submit(hass, shown)
    assert cards(hass) == []
    assert len(added(hass)) == len(HOUSE)


async def test_two_windows_that_add_the_same_sockets_add_each_once(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    both = [await answer(hass, one) for one in [await start(hass), await start(hass)]]
    await asyncio.gather(*(press_submit(hass, shown) for shown in both))
    entries = hass.config_entries.async_entries(DOMAIN)
    assert sorted(str(entry.unique_id) for entry in entries) == [mac(n) for n in HOUSE]


async def test_a_dialog_that_is_closed_while_sockets_are_asked_adds_none(
    hass: HomeAssistant, plugs: list[Plug]
) -> None:
    await answer(hass, await search(hass), devices=[mac(9)])  # which keeps the endpoint open
    shown = await search(hass)
    plugs[0].unplug(hass.loop.time())
    adding = hass.async_create_task(press_submit(hass, shown))
    await asyncio.sleep(1.0)
    hass.config_entries.flow.async_abort(shown["flow_id"])
    with pytest.raises(UnknownFlow):
        await adding
    assert added(hass).keys() == {mac(9)}


async def test_forged_answers_are_not_added(
    hass: HomeAssistant, memory_lan: MemoryLan, plugs: list[Plug]
) -> None:
    shown = await start(hass)
    for number in range(20, 25):
        announce(memory_lan, "10.10.10.66", mac(number))
    shown = await press_submit(hass, await answer(hass, shown))
    assert shown["errors"] == {"base": "not_there"}
    assert added(hass).keys() == {mac(number) for number in HOUSE}
