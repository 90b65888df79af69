"""What else can be pasted or said: the card, the compose file, the sentences."""

import asyncio
import re
from typing import Final

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
import pytest

from .conftest import AddSocket
from .pages import named

CARD: Final = "tile"
COMPOSE: Final = "services:"
SENTENCES: Final = "Turn on the Christmas tree"
SNIPPETS: Final = {CARD, COMPOSE, SENTENCES}

# Of what the front end of Home Assistant takes for this card.
CARD_KEYS: Final = {"type", "entity", "name", "icon", "features"}
FEATURES: Final = {"toggle"}
INTENTS: Final = {"Turn on": intent.INTENT_TURN_ON, "Turn off": intent.INTENT_TURN_OFF}
ASSISTANT: Final = "conversation"


async def test_the_card_shows_a_socket(hass: HomeAssistant, add_socket: AddSocket) -> None:
    await add_socket("Christmas tree")
    card = named(CARD).yaml
    assert card.keys() <= CARD_KEYS
    assert {feature["type"] for feature in card["features"]} <= FEATURES
    assert hass.states.get(card["entity"]) is not None


def test_the_compose_file_gives_the_container_the_network_of_its_host() -> None:
    [service] = named(COMPOSE).yaml["services"].values()
    assert service == {"network_mode": "host"}


@pytest.mark.parametrize("sentence", named(SENTENCES).lines)
async def test_the_assistant_switches_the_socket_that_is_named(
    hass: HomeAssistant, add_socket: AddSocket, sentence: str
) -> None:
    spoken = re.fullmatch("(Turn on|Turn off) the (.+)", sentence)
    assert spoken
    for component in ("homeassistant", "intent"):
        assert await async_setup_component(hass, component, {})
    plug = await add_socket(spoken[2])
    plug.relay = spoken[1] == "Turn off"
    exposed = [
        entity_id
        for entity_id in hass.states.async_entity_ids("switch")
        if async_should_expose(hass, ASSISTANT, entity_id)
    ]
    assert len(exposed) == 1
    slots = {"name": {"value": spoken[2]}}
    await intent.async_handle(hass, "test", INTENTS[spoken[1]], slots, assistant=ASSISTANT)
    await asyncio.sleep(2.0)
    assert plug.relay is (spoken[1] == "Turn on")
