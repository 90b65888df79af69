"""An integration that keeps ours on loopback addresses, for the demo only.

Sockets answer to UDP port 10000 of whoever asks. A simulator and Home Assistant on one machine
share that port by different addresses: 127.0.0.1 is Home Assistant's, and searches go to
127.255.255.255. With such an address the endpoint hears no broadcast.
"""

from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from custom_components.orvibo_s20 import addresses, config_flow, endpoint
from custom_components.orvibo_s20.s20.pairing import smart_link

DOMAIN: Final = "on_loopback"
CONFIG_SCHEMA: Final = cv.empty_config_schema(DOMAIN)
ADDRESS: Final = "127.0.0.1"
BROADCAST: Final = "127.255.255.255"


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Change what ours binds and asks, before ours is set up."""
    del hass, config
    vars(endpoint)["ANY_ADDRESS"] = ADDRESS
    vars(addresses)["LIMITED_BROADCAST"] = BROADCAST
    vars(addresses)["async_get_adapters"] = _async_get_no_adapters
    vars(config_flow)["smart_link"] = partial(smart_link, address=ADDRESS)
    return True


async def _async_get_no_adapters(_hass: HomeAssistant) -> list[object]:
    return []
