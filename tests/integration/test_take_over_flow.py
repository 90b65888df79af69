"""The set-up offers to take over where the built-in integration has the port."""

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntryDisabler
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_NAME
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.issue_registry import IssueRegistry
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.orvibo_s20.const import CONF_TAKES_OVER, DOMAIN
from tests.conftest import MAC, OTHER_ADDRESS, OTHER_MAC
from tests.simulator.plug import Plug

from .built_in import BUILT_IN, TITLE, BuiltIn
from .conftest import SetUp
from .flows import answer, press_submit, start


@pytest.fixture
def opened(built_in: BuiltIn) -> BuiltIn:
    """The built-in integration, which has been opened and has the port."""
    built_in.open()
    return built_in


async def test_sockets_of_the_built_in_integration_are_taken_over_with_two_clicks(
    hass: HomeAssistant, opened: BuiltIn
) -> None:
    restarts = async_mock_service(hass, HOMEASSISTANT_DOMAIN, "restart")
    theirs = opened.add()
    await opened.set_up(theirs)
    shown = await start(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "take_over")
    assert shown["description_placeholders"] == {"sockets": TITLE}
    assert hass.config_entries.async_entries(BUILT_IN) == [theirs]
    shown = await press_submit(hass, shown)
    assert (shown["type"], shown["reason"]) == (FlowResultType.ABORT, "restart_needed")
    assert [entry.title for entry in hass.config_entries.async_entries(DOMAIN)] == [TITLE]
    assert restarts == []


async def test_a_built_in_integration_that_was_only_opened_needs_a_restart(
    hass: HomeAssistant, opened: BuiltIn, issue_registry: IssueRegistry
) -> None:
    shown = await start(hass)
    assert (shown["type"], shown["reason"]) == (FlowResultType.ABORT, "restart_needed")
    issue = issue_registry.async_get_issue(DOMAIN, "port_in_use")  # which offers it
    assert issue is not None
    assert issue.is_fixable


async def test_an_integration_that_stands_in_yaml_is_named_with_its_lines(
    hass: HomeAssistant, opened: BuiltIn
) -> None:
    opened.write_yaml()
    shown = await start(hass)
    assert (shown["type"], shown["reason"]) == (FlowResultType.ABORT, "built_in_yaml")
    assert shown["description_placeholders"] == {"lines": "configuration.yaml:2"}


async def test_sockets_are_offered_too_where_the_port_is_ours(
    hass: HomeAssistant, plug: Plug, set_up: SetUp, built_in: BuiltIn
) -> None:
    """The built-in integration came second: its import failed, and its entries wait in vain."""
    theirs = built_in.add(OTHER_MAC, OTHER_ADDRESS, "Lamp")
    await set_up()
    shown = await start(hass)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.MENU, "user")
    assert shown["description_placeholders"] == {"sockets": "Lamp"}
    shown = await press_submit(hass, await answer(hass, shown, next_step_id="take_over"))
    assert (shown["type"], shown["reason"]) == (FlowResultType.ABORT, "taken_over")
    titles = [entry.title for entry in hass.config_entries.async_entries(DOMAIN)]
    assert titles == ["Kitchen", "Lamp"]
    assert theirs.disabled_by is ConfigEntryDisabler.USER


async def test_other_sockets_can_be_added_all_the_same(
    hass: HomeAssistant, plug: Plug, built_in: BuiltIn
) -> None:
    built_in.add()
    shown = await answer(hass, await start(hass), next_step_id="search")
    assert (shown["type"], shown["step_id"]) == (FlowResultType.SHOW_PROGRESS, "search")


async def test_a_socket_that_is_ours_already_is_not_imported_again(
    hass: HomeAssistant, plug: Plug, set_up: SetUp
) -> None:
    """Two take-overs at the same moment may both want to."""
    entry = await set_up()
    shown = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IMPORT},
        data={
            CONF_HOST: OTHER_ADDRESS,
            CONF_MAC: MAC,
            CONF_NAME: TITLE,
            CONF_TAKES_OVER: "an entry of theirs",
        },
    )
    assert (shown["type"], shown["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert CONF_TAKES_OVER not in entry.data
