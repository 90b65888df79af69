"""Home Assistant's wall clock in virtual time: it goes with the loop, as the plugs' clocks do."""

from datetime import UTC, datetime, tzinfo
from types import SimpleNamespace

from homeassistant.helpers import event
from homeassistant.util import dt as dt_util
import pytest

from custom_components.orvibo_s20 import upkeep
from tests.simulator.memory import VirtualLoop
from tests.simulator.parameters import Parameters


def go_with(loop: VirtualLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Home Assistant take the time from the loop, for as long as the patches last."""
    unix_at_zero = Parameters().unix_at_zero

    def timestamp() -> float:
        return unix_at_zero + loop.time()

    def utcnow() -> datetime:
        return datetime.fromtimestamp(timestamp(), UTC)

    def now(zone: tzinfo | None = None) -> datetime:
        return datetime.fromtimestamp(timestamp(), zone or dt_util.get_default_time_zone())

    # Virtual time begins before this version was released, which then would do nothing.
    monkeypatch.setattr(upkeep, "EARLIEST", datetime.fromtimestamp(unix_at_zero, UTC))
    monkeypatch.setattr(dt_util, "utcnow", utcnow)
    monkeypatch.setattr(dt_util, "now", now)
    monkeypatch.setattr(event, "time_tracker_utcnow", utcnow)
    monkeypatch.setattr(event, "time_tracker_timestamp", timestamp)
    monkeypatch.setattr(event, "time", SimpleNamespace(time=timestamp))
