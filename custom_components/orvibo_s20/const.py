"""What every module of the integration shares."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "orvibo_s20"
MANUFACTURER: Final = "Orvibo"
MODEL: Final = "S20"
DOCUMENTATION: Final = "https://github.com/OWNER/orvibo_s20/blob/main/docs"

# In the data of an entry: the id of the entry of the built-in integration that it replaces.
CONF_TAKES_OVER: Final = "takes_over"

POLL_INTERVAL: Final = timedelta(seconds=30)  # each poll renews the subscription, which lasts 300 s

CONF_KEEP_CLOCK: Final = "keep_clock"
CONF_KEEP_ZONE: Final = "keep_zone"
DEFAULT_OPTIONS: Final = {CONF_KEEP_CLOCK: True, CONF_KEEP_ZONE: False}

DEFAULT_AUTO_OFF: Final = 3600  # s, where the owner has set no time yet
