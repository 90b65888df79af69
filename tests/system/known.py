"""A switch that its owner has arranged and used, and whether it is still the same."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from .api import Api, ApiError, Json
from .report import CheckError, expect
from .sockets import Socket
from .user import DOMAIN, User

PATIENCE: Final = 120.0  # s; the library waits for 3 s, the recorder writes every 5 s

_LOOK_AGAIN: Final = 0.1  # s
_ENTITY_KEEPS: Final = ("id", "entity_id", "name", "icon", "area_id", "labels", "device_id")
_DEVICE_KEEPS: Final = ("id", "name", "name_by_user", "area_id", "labels")


@dataclass(frozen=True, slots=True)
class Known:
    """What has to stay as it was, whoever the switch belongs to."""

    socket: Socket
    switch: str
    entity: Json
    device: Json
    history: list[str]

    @classmethod
    async def make(cls, user: User, entry: str, socket: Socket, name: str) -> Known:
        """Arrange the switch of an entry, and turn it on and off, until that is history."""
        api = user.api
        entities = await api.command("config/entity_registry/list")
        entity = next(one for one in entities if one["config_entry_id"] == entry)
        switch = await _arrange(api, entity, name)
        await until(lambda: _can_turn(api, switch, "on"), bool)
        await until(lambda: _can_turn(api, switch, "off"), bool)
        await until(lambda: _history(api, switch), lambda states: states[-2:] == ["on", "off"])
        kept = await _kept(api, switch)
        return cls(socket, switch, *kept, await _history(api, switch))

    async def platform(self, api: Api) -> str:
        """Return the integration that has the switch."""
        entity = await api.command("config/entity_registry/get", entity_id=self.switch)
        platform: str = entity["platform"]
        return platform

    async def expect_ours(self, user: User) -> None:
        """Check that the switch is ours, the same, the only one, and works; CheckError if not."""
        await user.api.wait_for_state(self.switch, "off", PATIENCE)
        expect(await self.platform(user.api) == DOMAIN, "the switch is not ours")
        await self.expect_same(user)
        await _turn(user.api, self.switch, "on")
        relay = await user.simulator.socket(self.socket.number)
        expect(relay.power == "on", "the relay is off")
        await _turn(user.api, self.switch, "off")
        await until(lambda: _history(user.api, self.switch), self._goes_on)

    async def expect_same(self, user: User) -> None:
        """Check that switch and device are as they were, and the only ones of their socket."""
        kept = await _kept(user.api, self.switch)
        expect(kept == (self.entity, self.device), f"{kept}, not {self}")
        await self._expect_single(user.api)

    async def _expect_single(self, api: Api) -> None:
        entities = await api.command("config/entity_registry/list")
        same = [one["entity_id"] for one in entities if one["unique_id"] == self.socket.mac]
        expect(same == [self.switch], f"the socket has the entities {same}")
        devices = await api.command("config/device_registry/list")
        connection = ["mac", self.socket.mac]
        same = [one["id"] for one in devices if connection in one["connections"]]
        expect(same == [self.device["id"]], f"the socket has the devices {same}")

    def _goes_on(self, history: list[str]) -> bool:
        """Whether a history begins with what was before, and ends with what was done since."""
        before, since = history[: len(self.history)], history[len(self.history) :]
        return before == self.history and since[-2:] == ["on", "off"]


async def until[T](ask: Callable[[], Awaitable[T]], suits: Callable[[T], object]) -> None:
    """Ask until the answer suits; CheckError with the last one if it never does."""
    answer: T | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            while not suits(answer := await ask()):  # noqa: ASYNC110  it does not tell by itself
                await asyncio.sleep(_LOOK_AGAIN)
    except TimeoutError as error:
        raise CheckError(f"still {answer} after {PATIENCE:.0f} s") from error


async def _arrange(api: Api, entity: Json, name: str) -> str:
    """Change everything that an owner can change; return the new entity id."""
    command = api.command
    area = (await command("config/area_registry/create", name=f"Room with {name}"))["area_id"]
    label = (await command("config/label_registry/create", name=f"Label of {name}"))["label_id"]
    device = {"area_id": area, "labels": [label], "name_by_user": f"{name} socket"}
    await command("config/device_registry/update", device_id=entity["device_id"], **device)
    switch = f"switch.{name.lower()}"
    arranged = {"new_entity_id": switch, "name": name, "icon": "mdi:fire", "labels": [label]}
    await command("config/entity_registry/update", entity_id=entity["entity_id"], **arranged)
    return switch


async def _kept(api: Api, switch: str) -> tuple[Json, Json]:
    """Return what Home Assistant knows of a switch and of its device."""
    entity = await api.command("config/entity_registry/get", entity_id=switch)
    devices = await api.command("config/device_registry/list")
    device = next(one for one in devices if one["id"] == entity["device_id"])
    return {key: entity[key] for key in _ENTITY_KEEPS}, {key: device[key] for key in _DEVICE_KEEPS}


async def _turn(api: Api, switch: str, power: str) -> None:
    target = {"entity_id": switch}
    await api.command("call_service", domain="switch", service=f"turn_{power}", target=target)
    await api.wait_for_state(switch, power, PATIENCE)


async def _can_turn(api: Api, switch: str, power: str) -> bool:
    """Turn a switch of the built-in integration, whose library loses patience after 3 s."""
    try:
        await _turn(api, switch, power)
    except ApiError:
        return False
    return True


async def _history(api: Api, switch: str) -> list[str]:
    """Return when the switch was on and off, oldest first, as the history shows it."""
    found = await api.command(
        "history/history_during_period",
        start_time=(datetime.now(UTC) - timedelta(hours=1)).isoformat(),
        entity_ids=[switch],
        minimal_response=True,
        no_attributes=True,
    )
    return [one["s"] for one in found.get(switch, []) if one["s"] in {"on", "off"}]
