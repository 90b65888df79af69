"""How a flow that somebody started ends with a device. A card ends by itself: `discovered_flow`."""

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST

from .candidates import Candidate
from .s20 import Endpoint


class AddingFlow(ConfigFlow):
    """A flow that somebody started, and that holds the endpoint until it ends."""

    _endpoint: Endpoint

    async def async_finish(self, candidate: Candidate, host: str) -> ConfigFlowResult:
        """Add a device, or lead its entry to where it just answered. Its card ends with that."""
        await self.async_set_unique_id(candidate.mac, raise_on_progress=False)
        self._abort_if_unique_id_configured(updates={CONF_HOST: host})
        return self.async_create_entry(title=candidate.title, data=candidate.data(host))
