"""The switch as its owner meets it: in Home Assistant, at the socket, and when that is gone."""

import asyncio
import errno
from itertools import pairwise
import logging

from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.s20.wire.answers import PowerPush, SubscribeAnswer
from tests.conftest import ADDRESS, MAC, OTHER_ADDRESS, OTHER_MAC, add_plug
from tests.packets import encode_answer
from tests.simulator.latency import Uniform
from tests.simulator.memory import MemoryLan
from tests.simulator.parameters import AfterPowerCut
from tests.simulator.plug import Plug
from tests.simulator.variants import SecretivePlug

from .conftest import ENTITY, SetUp, make_entry, state

LOST = (
    "Error fetching Kitchen data: Kitchen did not answer at 10.10.10.43. Check that it has power, "
    "that its light is not flashing red, and that its address has not changed"
)


async def call(hass: HomeAssistant, service: str) -> None:
    """Call a service of the switch and wait for its end."""
    await hass.services.async_call(
        Platform.SWITCH, service, {ATTR_ENTITY_ID: ENTITY}, blocking=True
    )


async def test_turning_on_and_off(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    await set_up()
    assert state(hass) == STATE_OFF
    await call(hass, SERVICE_TURN_ON)
    assert (plug.relay, state(hass)) == (True, STATE_ON)
    await call(hass, SERVICE_TURN_OFF)
    assert (plug.relay, state(hass)) == (False, STATE_OFF)


async def test_the_button_on_the_socket_shows_at_once(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.press(hass.loop.time())
    await asyncio.sleep(0.05)
    assert state(hass) == STATE_ON


async def test_all_entities_look_once_for_a_command_and_once_for_a_press(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    coordinator = (await set_up()).runtime_data
    seen: list[bool | None] = []
    stop = coordinator.async_add_listener(lambda: seen.append(coordinator.data.power))
    await call(hass, SERVICE_TURN_ON)
    await asyncio.sleep(1.0)
    plug.press(hass.loop.time())
    await asyncio.sleep(1.0)
    stop()
    assert seen == [True, False]


async def test_a_lost_push_is_repaired_by_the_next_poll(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await asyncio.sleep(1.0)  # it has told its clock, and its relay with it
    plug.forget_subscribers()
    plug.press(hass.loop.time())
    await asyncio.sleep(1.0)
    assert state(hass) == STATE_OFF
    await asyncio.sleep(31.0)
    assert state(hass) == STATE_ON


async def test_a_poll_that_ends_as_it_began_shows_what_changed_back_meanwhile(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    coordinator = (await set_up()).runtime_data
    plug.lose_next(1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(coordinator.device.subscribe(), 0.1)
    polling = hass.async_create_task(coordinator.async_refresh())  # waits for that lost question
    await asyncio.sleep(1.0)
    plug.press(hass.loop.time())
    await asyncio.sleep(0.1)
    assert state(hass) == STATE_ON
    plug.forget_subscribers()
    plug.press(hass.loop.time())
    await polling
    await asyncio.sleep(0.1)
    assert (plug.relay, state(hass)) == (False, STATE_OFF)


async def test_a_push_that_overtakes_the_answer_to_a_poll_is_the_last_word(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    await set_up()
    plug.parameters.push_gap = Uniform(60.0, 60.0)  # the second push is lost
    plug.leave_network(hass.loop.time())
    answered, pushed = SubscribeAnswer(MAC, power=False), PowerPush(MAC, power=True)
    for reply in (answered, pushed):  # both are there when the loop gets to them
        hass.loop.call_later(30.8, memory_lan.say, encode_answer(reply), ADDRESS)
    await asyncio.sleep(31.5)
    assert state(hass) == STATE_ON
    plug.rejoin(hass.loop.time())
    await asyncio.sleep(31.0)
    assert state(hass) == STATE_OFF


async def test_pushes_do_not_keep_the_subscription_from_being_renewed(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    """Each one puts off the next poll, but the client renews the subscription by itself."""
    await set_up()
    memory_lan.sent.clear()
    for _ in range(60):
        plug.press(hass.loop.time())
        await asyncio.sleep(20.0)
        assert (state(hass) == STATE_ON) is plug.relay
    assert sum(one.data[4:6] == b"cl" for _, one in memory_lan.sent) >= 19  # every minute


async def test_the_subscription_stays_alive_for_hours(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    await asyncio.sleep(7200.0)
    plug.press(hass.loop.time())
    await asyncio.sleep(0.05)
    assert state(hass) == STATE_ON


async def test_a_socket_that_is_gone_is_shown_after_two_missed_polls_and_back_at_once(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await set_up()
    plug.unplug(hass.loop.time())
    await asyncio.sleep(34.0)
    assert state(hass) == STATE_OFF
    await asyncio.sleep(36.0)
    assert state(hass) == STATE_UNAVAILABLE
    await asyncio.sleep(600.0)
    assert [record.message for record in caplog.records].count(LOST) == 1
    plug.parameters.relay_after_power_cut = AfterPowerCut.ON
    plug.plug_in(hass.loop.time())
    await asyncio.sleep(3.9)  # boots, joins, and is heard with its first announcement
    assert state(hass) == STATE_ON
    await asyncio.sleep(1.0)
    plug.press(hass.loop.time())  # it had forgotten the subscription
    await asyncio.sleep(0.05)
    assert state(hass) == STATE_OFF
    assert [record.message for record in caplog.records].count("Kitchen is back") == 1


async def test_one_missed_poll_is_nothing(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    await set_up()
    for _ in range(5):
        plug.leave_network(hass.loop.time())
        await asyncio.sleep(33.0)  # less than two polls and the patience of the second
        assert state(hass) == STATE_OFF
        plug.rejoin(hass.loop.time())
        await asyncio.sleep(31.0)


async def test_a_command_without_an_answer_fails_and_says_what_to_check(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.unplug(hass.loop.time())
    with pytest.raises(HomeAssistantError) as caught:
        await call(hass, SERVICE_TURN_ON)
    assert caught.value.translation_domain == DOMAIN
    assert caught.value.translation_key == "no_answer"
    assert "Kitchen did not answer at 10.10.10.43. Check that it has power" in str(caught.value)
    assert state(hass) == STATE_OFF


async def test_a_refused_command_fails_with_the_reason(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    await set_up()
    await asyncio.sleep(1.0)
    plug.leave_network(hass.loop.time())
    refusal = encode_answer(SubscribeAnswer(MAC, power=True, result=1))
    hass.loop.call_later(0.02, memory_lan.say, refusal, ADDRESS)
    with pytest.raises(HomeAssistantError, match="answered that it cannot do this") as caught:
        await call(hass, SERVICE_TURN_ON)
    assert caught.value.translation_key == "refused"
    assert state(hass) == STATE_OFF


async def test_a_socket_that_keeps_its_settings_for_itself_is_usable(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    plug = memory_lan.add(SecretivePlug(ADDRESS, MAC, now=hass.loop.time()))
    await set_up()
    await call(hass, SERVICE_TURN_ON)
    assert (plug.relay, state(hass)) == (True, STATE_ON)


async def test_the_device_page(
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    await set_up()
    entity = entity_registry.async_get(ENTITY)
    assert entity is not None
    assert entity.device_id is not None
    assert (entity.unique_id, entity.original_device_class) == (MAC, "outlet")
    device = device_registry.async_get(entity.device_id)
    assert isinstance(device, dr.DeviceEntry)
    assert device.connections == {(dr.CONNECTION_NETWORK_MAC, MAC)}
    assert (device.manufacturer, device.model, device.model_id) == ("Orvibo", "S20", "SOC005")
    assert (device.name, device.hw_version, device.sw_version) == ("Kitchen", "32", "26")


async def test_switching_waits_for_a_slow_relay(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    await set_up()
    plug.parameters.latency = Uniform(0.3, 0.3)
    start = hass.loop.time()
    await call(hass, SERVICE_TURN_ON)
    assert plug.relay is True
    assert hass.loop.time() - start > 0.3


@pytest.mark.parametrize("minutes", [1, 10])
async def test_sockets_come_back_when_home_assistant_was_off_the_network(  # noqa: PLR0917  one case
    hass: HomeAssistant,
    plug: Plug,
    set_up: SetUp,
    memory_lan: MemoryLan,
    caplog: pytest.LogCaptureFixture,
    minutes: int,
) -> None:
    """They say nothing by themselves, as they missed nobody. Nothing is restarted or reloaded."""
    caplog.set_level(logging.INFO)
    plug.parameters.announce_copies = 0
    entry = await set_up()
    coordinator = entry.runtime_data
    memory_lan.send_error = OSError(errno.ENETUNREACH, "Network is unreachable")
    await asyncio.sleep(60.0 * minutes)
    memory_lan.send_error = None
    await asyncio.sleep(61.0)
    assert state(hass) == STATE_OFF
    assert entry.runtime_data is coordinator
    assert "Traceback" not in caplog.text
    await call(hass, SERVICE_TURN_ON)
    assert plug.relay is True


async def test_a_silent_socket_does_not_delay_another_in_the_same_service_call(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    other = add_plug(memory_lan)
    make_entry(OTHER_MAC, OTHER_ADDRESS, "Lamp").add_to_hass(hass)
    await set_up()  # both
    other.leave_network(hass.loop.time())
    both = {ATTR_ENTITY_ID: [ENTITY, "switch.lamp"]}
    calling = hass.async_create_task(
        hass.services.async_call(Platform.SWITCH, SERVICE_TURN_ON, both, blocking=True)
    )
    await asyncio.sleep(0.4)
    assert (plug.relay, state(hass), calling.done()) == (True, STATE_ON, False)
    with pytest.raises(HomeAssistantError, match="Lamp did not answer"):
        await calling


async def test_a_socket_hears_of_us_three_times_a_minute_at_most_when_nothing_happens(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, memory_lan: MemoryLan
) -> None:
    """In any minute of an hour, six runs of announcements included."""
    await set_up()
    await asyncio.sleep(60.0)
    memory_lan.sent.clear()
    await asyncio.sleep(3600.0)
    assert len(memory_lan.sent) <= 3 * 60
    questions = [
        later
        for earlier, later in pairwise(at for at, _ in memory_lan.sent)
        if later - earlier > 1.0  # s; else it is asked again because the answer takes its time
    ]
    spans = [fourth - first for first, fourth in zip(questions, questions[3:], strict=False)]
    assert min(spans) > 59.5  # s; a question waits until a socket has said everything
