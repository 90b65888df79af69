"""What Home Assistant tells and takes: REST and WebSocket, as its own front end uses them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any

from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse

from .report import CheckError

type Json = dict[str, Any]

ANSWER_PATIENCE = 60.0  # s; the integration takes 8 s at most, for a command that nobody answers
_NO_LIMIT = 0  # bytes; the list of translations is long


class ApiError(CheckError):
    """Home Assistant said no; the text is what it tells its user."""


@asynccontextmanager
async def connected(url: str, token: str) -> AsyncIterator[Api]:
    """Give a connection to a running Home Assistant for the length of a block."""
    async with (
        ClientSession(
            headers={"Authorization": f"Bearer {token}"},
            timeout=ClientTimeout(total=ANSWER_PATIENCE),
        ) as session,
        session.ws_connect(f"{url}/api/websocket", max_msg_size=_NO_LIMIT) as socket,
    ):
        await _log_in(socket, token)
        api = Api(url, session, socket)
        reader = asyncio.create_task(api.read())
        try:
            await api.follow_states()
            yield api
        finally:
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader


async def _log_in(socket: ClientWebSocketResponse, token: str) -> None:
    await socket.receive_json()  # it asks for authentication
    await socket.send_json({"type": "auth", "access_token": token})
    answer: Json = await socket.receive_json()
    if answer["type"] != "auth_ok":
        raise ApiError(answer["message"])


class Api:
    """One user's connection, which knows the state of every entity at any time."""

    def __init__(self, url: str, session: ClientSession, socket: ClientWebSocketResponse) -> None:
        """Use `connected` instead."""
        self._url = url
        self._session = session
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._listeners: dict[int, Callable[[Json], None]] = {}
        self._states: dict[str, str] = {}
        self._news = asyncio.Event()

    async def request(self, method: str, path: str, body: Json | None = None) -> Json:
        """Return the answer to a REST request; ApiError if it was refused."""
        async with self._session.request(method, f"{self._url}{path}", json=body) as response:
            if not response.ok:
                raise ApiError(f"{method} {path}: {response.status} {await response.text()}")
            answer: Json = await response.json()
            return answer

    async def command(self, kind: str, **fields: object) -> Any:  # noqa: ANN401 - each has its own
        """Return the result of a WebSocket command; ApiError if it was refused."""
        return await self._ask(next(self._numbers), kind, fields)

    async def subscribe(self, event: str, listener: Callable[[Json], None]) -> None:
        """Call the listener with the data of every such event, as long as the connection lasts."""
        number = next(self._numbers)
        self._listeners[number] = listener
        await self._ask(number, "subscribe_events", {"event_type": event})

    def state(self, entity: str) -> str | None:
        """Return the present state of an entity, None if there is no such entity."""
        return self._states.get(entity)

    async def wait_for_state(self, entity: str, wanted: str | None, patience: float) -> None:
        """Return once an entity has this state; TimeoutError if the patience ends first."""
        async with asyncio.timeout(patience):
            while self.state(entity) != wanted:
                self._news.clear()
                await self._news.wait()

    async def follow_states(self) -> None:
        """Begin to know the states."""
        await self.subscribe("state_changed", self._take_state)
        for state in await self.command("get_states"):
            self._states.setdefault(state["entity_id"], state["state"])

    async def read(self) -> None:
        """Hand on everything that Home Assistant says."""
        async for message in self._socket:
            content = message.json()
            if content["type"] == "event":
                self._listeners[content["id"]](content["event"]["data"])
            elif content["type"] == "result":
                answer = self._answers.get(content["id"])
                if answer is not None and not answer.done():  # somebody waits for it still
                    answer.set_result(content)

    async def _ask(self, number: int, kind: str, fields: dict[str, object]) -> Any:  # noqa: ANN401
        self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_PATIENCE):
                await self._socket.send_json({"id": number, "type": kind, **fields})
                answer = await self._answers[number]
        except TimeoutError as error:
            raise ApiError(f"no answer to {kind} within {ANSWER_PATIENCE:.0f} s") from error
        finally:
            del self._answers[number]
        if not answer["success"]:
            raise ApiError(answer["error"]["message"])
        return answer["result"]

    def _take_state(self, change: Json) -> None:
        if change["new_state"] is None:
            self._states.pop(change["entity_id"], None)
        else:
            self._states[change["entity_id"]] = change["new_state"]["state"]
        self._news.set()
