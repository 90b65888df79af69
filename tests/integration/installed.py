"""What a real Home Assistant makes of the integration in its folder: `installed.py FOLDER`.

Run with `python -P` in a process of its own, which finds no module of this repository. Prints JSON.
"""

import asyncio
import json
from pathlib import Path
import sys

from homeassistant import bootstrap, config_entries, loader
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation
from homeassistant.setup import async_setup_component

DOMAIN = "orvibo_s20"


async def look(folder: str) -> dict[str, object]:
    """Set up the integration of a configuration folder, and return what Home Assistant has then."""
    hass = HomeAssistant(folder)
    loader.async_setup(hass)
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    assert await bootstrap.async_load_base_functionality(hass)
    is_set_up = await async_setup_component(hass, DOMAIN, {})
    integration = await loader.async_get_integration(hass, DOMAIN)
    wanted = [name for name in Platform if integration.platforms_exists([name])]
    await integration.async_get_platforms([*wanted, "config_flow", "diagnostics", "repairs"])
    words = await translation.async_get_translations(hass, "en", "config", [DOMAIN])
    ours = [name for name in sys.modules if DOMAIN in name]
    files = [Path(str(sys.modules[name].__file__)) for name in ours]
    found: dict[str, object] = {
        "set up": is_set_up,
        "version": str(integration.version),
        "platforms": sorted(wanted),
        "actions": sorted(hass.services.async_services_for_domain(DOMAIN)),
        "has a flow": DOMAIN in config_entries.HANDLERS,
        "has words": bool(words),
        "elsewhere": [str(path) for path in files if not path.is_relative_to(folder)],
    }
    await hass.async_stop(force=True)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(look(sys.argv[1]))))
