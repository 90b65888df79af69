"""What a user does with sockets; each step is checked in Home Assistant and in the socket."""

import asyncio
from dataclasses import dataclass
from typing import Final

from .api import Api, ApiError, Json
from .report import CheckError, expect
from .sockets import Simulator, Socket

DOMAIN: Final = "orvibo_s20"
INSTEAD: Final = ["search", "address", "pair"]  # what to do in place of adding
SWITCH_PATIENCE: Final = 20.0  # s; the integration gives up after 8 s

_ENTRIES: Final = "/api/config/config_entries/entry"
_FLOWS: Final = "/api/config/config_entries/flow"
_SEARCH_PATIENCE: Final = 60.0  # s; 8 s at most, then each socket is asked for its name
_PAIRING_PATIENCE: Final = 120.0  # s; one minute at most, after a search
_GONE_PATIENCE: Final = 120.0  # s; two polls are missed 34 s apart, the first within 34 s
_BACK_PATIENCE: Final = 25.0  # s; it takes 3 s to join the network, and then announces itself
_PUSH_PATIENCE: Final = 10.0  # s; far below the 30 s between polls
_REMOVE_PATIENCE: Final = 60.0  # s
_REACTION: Final = 0.2  # s; no hand is faster, and the copies of earlier pushes are all there


@dataclass(frozen=True, slots=True)
class Added:
    """A socket that was added: its entry, and the switch that it became."""

    entry: str
    switch: str
    socket: Socket


class User:
    """Uses Home Assistant as its front end does, and the sockets; CheckError on surprises."""

    def __init__(self, api: Api, simulator: Simulator, texts: dict[str, str]) -> None:
        """Use `arrive` instead."""
        self.api = api
        self.simulator = simulator
        self._texts = texts
        self._progressed = asyncio.Event()
        self._progress: list[float] = []

    @classmethod
    async def arrive(cls, api: Api, simulator: Simulator) -> User:
        """Begin to follow what happens in config flows."""
        texts = await api.command(
            "frontend/get_translations", language="en", category="config", integration=[DOMAIN]
        )
        user = cls(api, simulator, texts["resources"])
        await api.subscribe("data_entry_flow_progressed", user._on_progressed)
        await api.subscribe("data_entry_flow_progress_update", user._on_progress)
        return user

    # --- adding ---

    async def begin_search(self) -> Json:
        """Start to add a socket, and return the progress step."""
        self._progressed.clear()
        self._progress.clear()
        step = await self.api.request("POST", _FLOWS, {"handler": DOMAIN})
        expect(step["type"] == "progress", f"no progress step, but {step}")
        self.text(f"progress.{step['progress_action']}")
        return step

    async def search(self) -> Json:
        """Watch the progress of a search to its end, and return the next step."""
        step = await self._watch(await self.begin_search(), _SEARCH_PATIENCE)
        self._expect_progress()
        return step

    async def _watch(self, step: Json, patience: float) -> Json:
        """Watch a progress to its end, and return the next step."""
        try:
            async with asyncio.timeout(patience):
                await self._progressed.wait()
        except TimeoutError as error:
            raise CheckError(f"{step['step_id']} goes on after {patience:.0f} s") from error
        return await self.api.request("GET", f"{_FLOWS}/{step['flow_id']}")

    def _expect_progress(self) -> None:
        expect(self._progress, "the progress bar did not move")
        expect(self._progress == sorted(self._progress), f"the bar went back: {self._progress}")

    def expect_list(self, step: Json, sockets: list[Socket]) -> None:
        """Check that a step offers these sockets, all of them ticked, and what to do instead."""
        expect(step.get("step_id") == "pick", f"no list of sockets, but {step}")
        devices, instead = step["data_schema"]
        options = devices["selector"]["select"]["options"]
        offered = {option["value"]: option["label"] for option in options}
        expect(devices["default"] == list(offered), f"ticked: {devices['default']}")
        expect(instead["selector"]["select"]["options"] == INSTEAD, f"instead: {instead}")
        expect(offered.keys() == {one.mac for one in sockets}, f"on the list: {offered}")
        for one in sockets:
            for word in (one.title, one.address):
                expect(word in offered[one.mac], f"{word!r} is not in {offered[one.mac]!r}")

    async def pick(self, step: Json, socket: Socket) -> Added:
        """Add a socket of the list, and no other."""
        return await self._added(await self.answer(step, devices=[socket.mac]), socket)

    async def pick_all(self, step: Json, sockets: list[Socket]) -> list[Added]:
        """Add all sockets of the list at once."""
        first = await self._added(await self.answer(step), sockets[0])
        others = [await self.find(one) for one in sockets[1:]]
        for one in others:
            await self.expect_state(one)
        return [first, *others]

    async def type_wrong_address(self, step: Json, address: str, error: str) -> Json:
        """Type an address that leads nowhere; return the step, which must explain that."""
        step = await self.answer(step, host=address)
        expect(step.get("errors"), f"{address} was accepted: {step}")
        expect(error in step["errors"].values(), f"{address}: {step['errors']}, not {error}")
        self.text(f"error.{error}")
        return step

    async def type_address(self, step: Json, socket: Socket) -> Added:
        """Add a socket by its address."""
        return await self._added(await self.answer(step, host=socket.address), socket)

    async def pair_in_vain(self, step: Json, password: str) -> Json:
        """Pair while the port for that is taken; return the form, which must say so."""
        step = await self._send_password(step, password)
        expect(step.get("errors") == {"base": "pairing_port_in_use"}, f"the dialog shows {step}")
        self.text("error.pairing_port_in_use")
        return step

    async def pair(self, step: Json, password: str, socket: Socket) -> Added:
        """Add a socket that waits for the password of the Wi-Fi."""
        step = await self._send_password(step, password)
        self._expect_progress()
        expect(step.get("menu_options") == ["finish", "smart_link"], f"the dialog shows {step}")
        return await self._added(await self.answer(step, next_step_id="finish"), socket)

    async def _send_password(self, step: Json, password: str) -> Json:
        self._progressed.clear()
        self._progress.clear()
        step = await self.answer(step, password=password)
        expect(step["type"] == "progress", f"no progress step, but {step}")
        return await self._watch(step, _PAIRING_PATIENCE)

    async def answer(self, step: Json, **user_input: object) -> Json:
        """Fill in a step, and return the next one."""
        return await self.api.request("POST", f"{_FLOWS}/{step['flow_id']}", user_input)

    async def remove(self, added: Added) -> None:
        """Delete the entry of a socket; its switch goes with it."""
        await self.api.request("DELETE", f"{_ENTRIES}/{added.entry}")
        await self.wait_for_state(added, None, _REMOVE_PATIENCE)

    # --- using ---

    async def turn(self, added: Added, power: str) -> None:
        """Turn the switch on or off: when Home Assistant says done, the relay has switched."""
        await self._call(added, power)
        await self.expect_relay(added, power)
        await self.wait_for_state(added, power, _PUSH_PATIENCE)

    async def turn_in_vain(self, added: Added, power: str) -> None:
        """Try to switch a socket that does not answer: Home Assistant must say what to check."""
        try:
            await self._call(added, power)
        except ApiError as error:
            for word in (added.socket.title, added.socket.address):
                expect(word in str(error), f"{word!r} is not in {str(error)!r}")
        else:
            raise CheckError("Home Assistant says that a dead socket was switched")

    async def press(self, added: Added) -> None:
        """Press the button on the socket, and see it in Home Assistant before a poll could tell."""
        before = await self._socket(added)
        await asyncio.sleep(_REACTION)
        after = await self._do("press", added)
        expect(after["relay"] is not before.relay, "the button does not switch the relay")
        await self.expect_state(added)

    async def expect_state(self, added: Added, patience: float = _PUSH_PATIENCE) -> None:
        """Check that Home Assistant shows what the relay is, or does so in a moment."""
        socket = await self._socket(added)
        await self.wait_for_state(added, socket.power, patience)

    async def expect_relay(self, added: Added, power: str) -> None:
        """Check the relay itself."""
        socket = await self._socket(added)
        expect(socket.power == power, f"the relay of {socket.title} is {socket.power}, not {power}")

    async def unplug(self, added: Added) -> None:
        """Take a socket out of the wall."""
        await self._do("unplug", added)

    async def wait_until_gone(self, added: Added) -> None:
        """Wait until Home Assistant says that the socket is unavailable."""
        await self.wait_for_state(added, "unavailable", _GONE_PATIENCE)

    async def plug_in(self, added: Added) -> None:
        """Put it back, and wait until Home Assistant shows its relay again."""
        await self._do("plug", added)
        socket = await self._socket(added)
        await self.wait_for_state(added, socket.power, _BACK_PATIENCE)

    async def wait_for_state(self, added: Added, wanted: str | None, patience: float) -> None:
        """Wait until the switch has a state."""
        try:
            await self.api.wait_for_state(added.switch, wanted, patience)
        except TimeoutError as error:
            state = self.api.state(added.switch)
            raise CheckError(
                f"{added.switch} is {state} after {patience:.0f} s, not {wanted}"
            ) from error

    # --- reading ---

    def text(self, key: str) -> str:
        """Return what the front end shows; CheckError if it has no words for it."""
        text = self._texts.get(f"component.{DOMAIN}.config.{key}")
        if not text:
            raise CheckError(f"there is no text for {key}")
        return text

    async def entries(self) -> dict[str, Json]:
        """Return our config entries by their id."""
        found = await self.api.command("config_entries/get", domain=DOMAIN)
        return {entry["entry_id"]: entry for entry in found}

    async def find(self, socket: Socket) -> Added:
        """Return what a socket became that was added in the front end."""
        found = [key for key, one in (await self.entries()).items() if one["title"] == socket.title]
        expect(len(found) == 1, f"{len(found)} entries are called {socket.title}")
        return Added(found[0], await self._switch_of(found[0], socket), socket)

    async def _added(self, step: Json, socket: Socket) -> Added:
        expect(step["type"] == "create_entry", f"no entry was made: {step}")
        expect(step["title"] == socket.title, f"the entry is called {step['title']}")
        entry = step["result"]["entry_id"]
        added = Added(entry, await self._switch_of(entry, socket), socket)
        await self.expect_state(added)
        return added

    async def _switch_of(self, entry: str, socket: Socket) -> str:
        """Return the main switch of an entry, which is there as soon as the entry is."""
        entities = await self.api.command("config/entity_registry/list")
        ours = [one for one in entities if one["config_entry_id"] == entry]
        switches = [one for one in ours if one["unique_id"] == socket.mac]
        expect(len(switches) == 1, f"{socket.title} became {ours}")
        switch: str = switches[0]["entity_id"]
        return switch

    async def _call(self, added: Added, power: str) -> None:
        await self.api.command(
            "call_service",
            domain="switch",
            service=f"turn_{power}",
            target={"entity_id": added.switch},
        )

    async def _do(self, command: str, added: Added) -> Json:
        return await self.simulator.tell(f"{command} {added.socket.number}")

    async def _socket(self, added: Added) -> Socket:
        return await self.simulator.socket(added.socket.number)

    def _on_progressed(self, _event: Json) -> None:
        self._progressed.set()

    def _on_progress(self, event: Json) -> None:
        self._progress.append(event["progress"])
