"""The repair for a busy port: there while it helps, about whoever has the port, and it frees it."""

from collections.abc import Callable
from pathlib import Path

from homeassistant.components.repairs import RepairsFlowResult, repairs_flow_manager
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.issue_registry import IssueEntry, IssueRegistry, IssueSeverity
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.orvibo_s20.const import DOMAIN
from custom_components.orvibo_s20.endpoint import async_get_shared_endpoint
from custom_components.orvibo_s20.repairs import ISSUE
from custom_components.orvibo_s20.s20 import EndpointError
from tests.conftest import OTHER_ADDRESS, OTHER_MAC
from tests.simulator.memory import MemoryLan
from tests.simulator.plug import Plug

from .built_in import BUILT_IN, TITLE, BuiltIn
from .conftest import SetUp, pass_time

# The server of Home Assistant, whose page the repairs are on, warns of itself.
pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")


@pytest.fixture
def free_port(memory_lan: MemoryLan) -> Callable[[], None]:
    """Another program has the port. This is how it ends."""
    return memory_lan.occupy()


def shown(registry: IssueRegistry) -> IssueEntry | None:
    """Return our repair, if there is one."""
    return registry.async_get_issue(DOMAIN, ISSUE)


def key(registry: IssueRegistry) -> str | None:
    """Return which of the repairs there is."""
    return issue.translation_key if (issue := shown(registry)) else None


async def fix(hass: HomeAssistant, step: RepairsFlowResult | None = None) -> RepairsFlowResult:
    """Open the repair, or confirm what it shows."""
    assert await async_setup_component(hass, "repairs", {})
    manager = repairs_flow_manager(hass)
    assert manager is not None
    if step is None:
        return await manager.async_init(
            DOMAIN, context={"issue_id": ISSUE}, data={"issue_id": ISSUE}
        )
    return await manager.async_configure(step["flow_id"], {})


async def test_another_program_is_named_and_how_to_find_it(
    hass: HomeAssistant,
    free_port: Callable[[], None],
    set_up: SetUp,
    issue_registry: IssueRegistry,
) -> None:
    await set_up()
    issue = shown(issue_registry)
    assert issue is not None
    assert (issue.translation_key, issue.is_fixable) == ("other_program", False)
    assert issue.severity is IssueSeverity.ERROR
    assert issue.translation_placeholders is not None
    assert "10000" in issue.translation_placeholders["error"]


async def test_the_built_in_integration_is_named_when_it_was_opened(
    hass: HomeAssistant, built_in: BuiltIn, set_up: SetUp, issue_registry: IssueRegistry
) -> None:
    built_in.open()
    await set_up()
    issue = shown(issue_registry)
    assert issue is not None
    assert (issue.translation_key, issue.is_fixable) == ("built_in", True)


async def test_the_built_in_integration_is_named_when_it_has_sockets(
    hass: HomeAssistant,
    built_in: BuiltIn,
    free_port: Callable[[], None],
    set_up: SetUp,
    issue_registry: IssueRegistry,
) -> None:
    built_in.add()
    await set_up()
    assert key(issue_registry) == "built_in"


async def test_the_repair_is_gone_when_the_port_is_ours(
    hass: HomeAssistant,
    plug: Plug,
    free_port: Callable[[], None],
    set_up: SetUp,
    issue_registry: IssueRegistry,
) -> None:
    entry = await set_up()
    free_port()
    await pass_time(hass, 31.0)
    assert (entry.state, key(issue_registry)) == (ConfigEntryState.LOADED, None)


async def test_the_repair_is_gone_when_nobody_wants_the_port(
    hass: HomeAssistant,
    free_port: Callable[[], None],
    set_up: SetUp,
    issue_registry: IssueRegistry,
) -> None:
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert key(issue_registry) is None
    await pass_time(hass, 120.0)
    assert key(issue_registry) is None


async def test_a_flow_that_ends_because_of_the_port_leaves_no_repair(
    hass: HomeAssistant, free_port: Callable[[], None], issue_registry: IssueRegistry
) -> None:
    ended = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert ended["type"] is FlowResultType.ABORT
    await pass_time(hass, 120.0)
    assert key(issue_registry) is None


async def test_who_lets_go_before_the_port_turns_out_to_be_taken_leaves_no_repair(
    hass: HomeAssistant, free_port: Callable[[], None], issue_registry: IssueRegistry
) -> None:
    endpoint = async_get_shared_endpoint(hass)
    hold = hass.async_create_task(endpoint.async_hold("a flow"))
    endpoint.async_release("a flow")
    with pytest.raises(EndpointError):
        await hold
    await pass_time(hass, 120.0)
    assert key(issue_registry) is None


async def test_the_repair_changes_with_whoever_has_the_port(
    hass: HomeAssistant,
    built_in: BuiltIn,
    free_port: Callable[[], None],
    set_up: SetUp,
    issue_registry: IssueRegistry,
) -> None:
    await set_up()
    free_port()
    built_in.open()
    await pass_time(hass, 31.0)
    assert key(issue_registry) == "built_in"


async def test_the_repair_takes_over_and_restarts(
    hass: HomeAssistant, built_in: BuiltIn, set_up: SetUp, issue_registry: IssueRegistry
) -> None:
    """Nothing happens before each is confirmed."""
    restarts = async_mock_service(hass, HOMEASSISTANT_DOMAIN, "restart")
    built_in.open()
    theirs = [built_in.add(OTHER_MAC, OTHER_ADDRESS, "Lamp")]
    await built_in.set_up(theirs[0])
    await set_up()
    step = await fix(hass)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "take_over")
    assert step["description_placeholders"] == {"sockets": "Lamp"}
    assert hass.config_entries.async_entries(BUILT_IN) == theirs
    step = await fix(hass, step)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "restart")
    assert hass.config_entries.async_entries(BUILT_IN) == []
    titles = {entry.title for entry in hass.config_entries.async_entries(DOMAIN)}
    assert titles == {"Kitchen", "Lamp"}
    assert restarts == []
    step = await fix(hass, step)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert len(restarts) == 1


async def test_a_repair_that_is_left_before_the_restart_offers_it_again(
    hass: HomeAssistant, built_in: BuiltIn, set_up: SetUp, issue_registry: IssueRegistry
) -> None:
    built_in.open()
    await built_in.set_up(built_in.add())
    await set_up()
    await fix(hass, await fix(hass))
    await pass_time(hass, 31.0)
    assert key(issue_registry) == "built_in"
    assert (await fix(hass))["step_id"] == "restart"


async def test_a_built_in_integration_that_was_only_opened_needs_a_restart(
    hass: HomeAssistant, built_in: BuiltIn, set_up: SetUp
) -> None:
    restarts = async_mock_service(hass, HOMEASSISTANT_DOMAIN, "restart")
    built_in.open()
    await set_up()
    step = await fix(hass)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "restart")
    step = await fix(hass, step)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert len(restarts) == 1


async def test_a_restart_that_is_refused_leaves_the_repair(
    hass: HomeAssistant, built_in: BuiltIn, set_up: SetUp, issue_registry: IssueRegistry
) -> None:
    async def refuse(_call: ServiceCall) -> None:
        raise HomeAssistantError("the configuration is not valid")

    hass.services.async_register(HOMEASSISTANT_DOMAIN, "restart", refuse)
    built_in.open()
    await set_up()
    step = await fix(hass, await fix(hass))
    assert (step["type"], step["reason"]) == (FlowResultType.ABORT, "not_restarted")
    assert step["description_placeholders"] == {"error": "the configuration is not valid"}
    assert key(issue_registry) == "built_in"


async def test_the_sockets_to_be_taken_over_are_named_in_order(
    hass: HomeAssistant, built_in: BuiltIn, set_up: SetUp
) -> None:
    built_in.open()
    built_in.add()
    built_in.add(OTHER_MAC, OTHER_ADDRESS, "Lamp")
    await set_up()
    step = await fix(hass)
    assert step["description_placeholders"] == {"sockets": f"Lamp, {TITLE}"}


async def test_the_repair_names_yaml_lines_until_they_are_gone_and_only_then_restarts(
    hass: HomeAssistant, built_in: BuiltIn, set_up: SetUp
) -> None:
    """Each start would import them again, and take the port."""
    restarts = async_mock_service(hass, HOMEASSISTANT_DOMAIN, "restart")
    built_in.open()
    built_in.write_yaml()
    await set_up()
    step = await fix(hass)
    assert (step["step_id"], step["errors"]) == ("yaml", None)
    assert step["description_placeholders"] == {"lines": "configuration.yaml:2"}
    step = await fix(hass, step)
    assert (step["step_id"], step["errors"]) == ("yaml", {"base": "yaml_still_there"})
    assert restarts == []
    built_in.remove_yaml()
    step = await fix(hass, step)
    assert step["step_id"] == "restart"
    assert (await fix(hass, step))["type"] is FlowResultType.CREATE_ENTRY
    assert len(restarts) == 1


async def test_a_yaml_configuration_that_cannot_be_read_does_not_stop_the_repair(
    hass: HomeAssistant, built_in: BuiltIn, set_up: SetUp, tmp_path: Path
) -> None:
    built_in.open()
    (tmp_path / "configuration.yaml").write_text("switch: [")
    await set_up()
    assert (await fix(hass))["step_id"] == "restart"
