"""What every module of the integration shares."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "orvibo_s20"
MANUFACTURER: Final = "Orvibo"
MODEL: Final = "S20"

# In the data of an entry: the id of the entry of the built-in integration that it replaces.
CONF_TAKES_OVER: Final = "takes_over"

POLL_INTERVAL: Final = timedelta(seconds=30)  # each poll renews the subscription, which lasts 300 s
