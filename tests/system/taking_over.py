"""A socket of the built-in integration, and the repair that takes it over, step by step."""

from typing import Final

from .api import ApiError, Json
from .cut_short import DOMAIN as CUT_SHORT
from .home_assistant import Installation
from .known import PATIENCE, Known, until
from .ports import wait_for_s20_port
from .report import Report, expect
from .sockets import Socket
from .user import DOMAIN, User

BUILT_IN: Final = "orvibo"
FLOWS: Final = "/api/config/config_entries/flow"
REPAIRS: Final = "/api/repairs/issues/fix"
REPAIR: Final[Json] = {"handler": DOMAIN, "issue_id": "port_in_use"}


async def live_with_built_in(user: User, report: Report, socket: Socket, name: str) -> Known:
    """Add a socket to the built-in integration, arrange and use it, and want ours again."""
    with report.step("Disable all of ours, and wait until the port is free"):
        await enable_ours(user, enabled=False)
        # Cards of other sockets may be in the making; they ask at the port.
        await wait_for_s20_port("", PATIENCE)
    with report.step(f"Add {socket.address} to the built-in integration"):
        entry = await _add_to_built_in(user, socket)
    with report.step(f"Name it {name}, give it an area and labels, turn it on and off"):
        known = await Known.make(user, entry, socket, name)
    with report.step("Enable ours: a repair says that the built-in integration has the port"):
        await enable_ours(user, enabled=True)
        await until(lambda: issue(user), lambda found: found == "built_in")
    return known


async def take_over(user: User, report: Report, known: Known) -> None:
    """Open the repair and confirm it, but not the restart."""
    with report.step("Open the repair: it names the socket, and what is kept and lost"):
        flow = await _open_repair(user, known)
    with report.step("Confirm: the entry changes hands, and a restart is offered"):
        _expect_restart_offered(await confirm(user, flow))
        expect(not await left(user), f"the built-in integration still has {await left(user)}")
        expect(await known.platform(user.api) == DOMAIN, "the switch is not ours")


async def take_over_in_dialog(user: User, report: Report, known: Known) -> None:
    """Take over where the port is ours, and the built-in integration waits for it in vain."""
    with report.step("Add another socket: to take over is offered, and needs no restart"):
        step = await user.api.request("POST", FLOWS, {"handler": DOMAIN})
        expect(step["step_id"] == "user", f"the dialog shows {step}")
        step = await user.answer(step, next_step_id="take_over")
        step = await user.answer(step)
        expect(step.get("reason") == "taken_over", f"the dialog shows {step}")
        await until(lambda: known.platform(user.api), lambda owner: owner == DOMAIN)


async def take_over_and_fail(user: User, report: Report, known: Known, cut: str) -> None:
    """Confirm the repair, but have Home Assistant fail before a step; `cut` names it."""
    with report.step(f"Confirm the repair, which is cut short before {cut}"):
        flow = await _open_repair(user, known)
        await user.api.command(
            "call_service", domain=CUT_SHORT, service="before", service_data={"step": cut}
        )
        if cut == "our_entry":
            await _expect_failure(user, flow)
        else:
            _expect_restart_offered(await confirm(user, flow))
        has_moved = cut in {"the_device", "their_removal"}
        owner = await known.platform(user.api)
        expect(owner == (DOMAIN if has_moved else BUILT_IN), f"the switch belongs to {owner}")
        expect(await left(user), "nothing was cut short")


async def confirm_restart(user: User, home: Installation) -> None:
    """Open the repair again, as if it had been left: it goes on where it was."""
    step = await user.api.request("POST", REPAIRS, REPAIR)
    _expect_restart_offered(step)
    step = await confirm(user, step["flow_id"])
    expect(step["type"] == "create_entry", f"the repair shows {step}")
    await home.wait_until_ended()


async def left(user: User) -> list[Json]:
    """Return the entries that the built-in integration still has, but for disabled ones."""
    entries: list[Json] = await user.api.command("config_entries/get", domain=BUILT_IN)
    return [entry for entry in entries if not entry["disabled_by"]]


async def issue(user: User) -> str | None:
    """Return which repair of ours there is."""
    issues = (await user.api.command("repairs/list_issues"))["issues"]
    return next((one["translation_key"] for one in issues if one["domain"] == DOMAIN), None)


async def enable_ours(user: User, *, enabled: bool) -> None:
    """Enable or disable all entries of ours."""
    for entry in await user.entries():
        disabled_by = None if enabled else "user"
        await user.api.command("config_entries/disable", entry_id=entry, disabled_by=disabled_by)


async def _add_to_built_in(user: User, socket: Socket) -> str:
    """Return the entry, however often the library has lost patience before."""
    form = await user.api.request("POST", FLOWS, {"handler": BUILT_IN})
    form = await user.answer(form, next_step_id="edit")
    done: Json = {}

    async def is_added() -> bool:
        done.update(await user.answer(form, host=socket.address, mac=socket.mac))
        return bool(done["type"] == "create_entry")

    await until(is_added, bool)
    entry: str = done["result"]["entry_id"]
    return entry


async def _open_repair(user: User, known: Known) -> str:
    """Return the flow of the repair, which has changed nothing yet."""
    step = await user.api.request("POST", REPAIRS, REPAIR)
    expect(step["step_id"] == "take_over", f"the repair shows {step}")
    named = step["description_placeholders"]["sockets"]
    expect(known.socket.address in named, f"the repair names {named}")
    expect(await known.platform(user.api) == BUILT_IN, "something was changed before")
    flow: str = step["flow_id"]
    return flow


async def confirm(user: User, flow: str) -> Json:
    return await user.api.request("POST", f"{REPAIRS}/{flow}", {})


def _expect_restart_offered(step: Json) -> None:
    expect(step["step_id"] == "restart", f"the repair shows {step}")


async def _expect_failure(user: User, flow: str) -> None:
    try:
        step = await confirm(user, flow)
    except ApiError:
        return
    expect(False, f"the repair shows {step}")
