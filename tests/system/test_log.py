"""What counts as a problem in Home Assistant's log."""

import pytest

from .log import problems, tail

_OURS = "2026-11-22 17:30:10.700+00:00 ERROR (MainThread) [custom_components.orvibo_s20] Boom"
_HARMLESS = "2026-11-22 17:30:11.000+00:00 INFO (MainThread) [custom_components.orvibo_s20] Hello"
_OTHERS = "2026-11-22 17:30:12.000+00:00 ERROR (MainThread) [homeassistant.setup] No weather"
_CUSTOM = (
    "2026-11-22 17:30:13.000+00:00 WARNING (SyncWorker_0) [homeassistant.loader] We found a custom"
    " integration orvibo_s20 which has not been tested by Home Assistant."
)
_TRACEBACK = f"""{_OTHERS}
Traceback (most recent call last):
  File "custom_components/orvibo_s20/switch.py", line 1, in async_turn_on"""

pytestmark = pytest.mark.system


def test_only_what_blames_the_integration_counts() -> None:
    assert problems(f"{_HARMLESS}\n{_OURS}\n{_OTHERS}\n{_CUSTOM}") == [_OURS]


def test_a_traceback_through_the_integration_counts_whoever_logged_it() -> None:
    assert problems(f"{_HARMLESS}\n{_TRACEBACK}\n{_HARMLESS}") == [_TRACEBACK]


def test_a_record_that_has_to_be_there_once_is_no_problem() -> None:
    assert problems(f"{_OURS}\n{_HARMLESS}", ["Boom", "Hello"]) == []


def test_a_record_that_is_missing_or_there_twice_is_a_problem() -> None:
    assert problems(_OURS, ["Boom", "Hello"]) == ["0 times in the log, not once: Hello"]
    assert problems(f"{_OURS}\n{_OURS}", ["Boom"]) == ["2 times in the log, not once: Boom"]


def test_the_tail_leaves_out_the_tracebacks_of_others() -> None:
    assert tail(f"{_OURS}\n{_OTHERS}\nTraceback\n  File x") == f"{_OURS}\n{_OTHERS}"
    assert tail(f"{_OTHERS}\n{_TRACEBACK}", lines=3) == _TRACEBACK
