"""The file that an owner attaches to a report: everything a helper needs, nothing private."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import ExtendedJSONEncoder

from custom_components.orvibo_s20.diagnostics import async_get_config_entry_diagnostics
from tests.conftest import ADDRESS, MAC
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .conftest import SetUp


async def download(hass: HomeAssistant, set_up: SetUp) -> str:
    """Return the file as it is downloaded."""
    told = await async_get_config_entry_diagnostics(hass, await set_up())
    return json.dumps(told, cls=ExtendedJSONEncoder)


async def test_diagnostics_tell_what_is_known(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    told: dict[str, Any] = json.loads(await download(hass, set_up))
    device = told["device"]
    assert (device["power"], device["available"], device["missed_polls"]) == (False, True, 0)
    assert 0 < device["answer_seconds"] < 0.3
    settings = told["settings"]
    assert (settings["hardware"], settings["firmware"], settings["length"]) == (32, 26, 190)
    counts = {"sent": 3, "received": 3, "send_errors": 0, "dropped": {}, "receive_buffer": None}
    assert told["endpoint"] == counts


async def test_nothing_private_is_told(hass: HomeAssistant, plug: Plug, set_up: SetUp) -> None:
    plug.rename(b"Bedroom", hass.loop.time())
    text = (await download(hass, set_up)).lower()
    digits = MAC.replace(":", "")
    backwards = bytes.fromhex(digits)[::-1].hex()
    for secret in (MAC, digits, backwards, ADDRESS, "bedroom", "kitchen", "888888", "vicenter"):
        assert secret not in text
        assert secret.encode().hex() not in text


async def test_an_entry_that_waits_has_diagnostics_too(
    hass: HomeAssistant, memory_lan: MemoryLan, set_up: SetUp
) -> None:
    told: dict[str, Any] = json.loads(await download(hass, set_up))
    assert told["entry"]["data"]["host"] == "**REDACTED**"
    assert told["endpoint"]["sent"] > 0
    assert "device" not in told
