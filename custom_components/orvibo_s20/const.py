"""What every module of the integration shares."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "orvibo_s20"
MANUFACTURER: Final = "Orvibo"
MODEL: Final = "S20"

POLL_INTERVAL: Final = timedelta(seconds=30)  # each poll renews the subscription, which lasts 300 s
