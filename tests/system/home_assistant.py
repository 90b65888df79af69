"""A real Home Assistant in a throw-away folder, with its user already there."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
import json
import os
from pathlib import Path
import shutil
import sys
from typing import Final

from aiohttp import ClientError, ClientSession

from .api import Json
from .log import tail
from .processes import STOP_PATIENCE, running
from .report import CheckError

INTEGRATION: Final = Path(__file__).parents[2] / "custom_components" / "orvibo_s20"
TIME_ZONE: Final = "Europe/Amsterdam"
LOCALHOST: Final = "127.0.0.1"
USER: Final = "demo"
PASSWORD: Final = "demo"  # noqa: S105 - it is printed; the server listens on loopback only

START_PATIENCE = 300.0  # s; 10 s are usual, a machine that is busy or without bytecode takes longer
_LOOK_AGAIN = 0.1  # s

_CONFIGURATION: Final = f"""\
# No default_config: it has parts that need privileges or the Internet.
homeassistant:
  name: Home
  country: NL
  time_zone: {TIME_ZONE}
frontend:
config:
recorder:
history:
logbook:
logger:
  default: warning
"""
LOG_OF_OURS: Final = """\
  logs:
    custom_components.orvibo_s20: debug
"""


class StartError(CheckError):
    """Home Assistant did not start; the text says what it said itself."""


class Installation:
    """A folder with Home Assistant's configuration and data, and the integration copied in."""

    def __init__(self, folder: Path, port: int, more: str = LOG_OF_OURS) -> None:
        """Prepare the folder; Home Assistant will serve at this port of the loopback address.

        `more` is YAML for the end of its configuration, which ends with the logger.
        """
        self.url = f"http://{LOCALHOST}:{port}"
        self._folder = folder
        self._log = folder / "output.log"
        self._yaml = folder / "configuration.yaml"
        self.token: str | None = None
        self.pid: int | None = None  # of the process that was started last
        self.write_yaml(more)
        self.add_integration(INTEGRATION)
        # In YAML it would be a trial, which Home Assistant undoes by a restart after five minutes.
        # Home Assistant 2026.10 knows no newer version, and 2026.11 reads this one.
        _store(folder, "http", _http_settings(port), version=2)
        # All but the user; the other steps look for weather and radio stations on the Internet.
        done = {"done": ["core_config", "analytics", "integration"]}
        _store(folder, "onboarding", done, version=4)

    def write_yaml(self, more: str) -> None:
        """Write the configuration anew, with other YAML at its end."""
        self._yaml.write_text(_CONFIGURATION + more)

    def yaml(self) -> str:
        """Return the configuration."""
        return self._yaml.read_text()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Run Home Assistant for the length of a block; gives the token of its user.

        StartError if it does not start.
        """
        # -P: or it would take the integration from where we are, not the copy in the folder.
        command = [sys.executable, "-P", "-m", "homeassistant", "--skip-pip"]
        command += ["--config", str(self._folder), "--log-no-color"]
        with self._log.open("ab") as log:
            async with running(command, log=log, environment=_environment()) as process:
                self.pid = process.pid
                yield await self._wait_until_started(process)

    def add_integration(self, folder: Path) -> None:
        """Have Home Assistant know an integration of ours for the check, too."""
        _copy_integration(folder, self._folder / "custom_components" / folder.name)

    def storage(self, key: str) -> Path:
        """Return one of the files that Home Assistant keeps for itself."""
        return self._folder / ".storage" / key

    async def wait_until_ended(self) -> None:
        """Return when the process is gone; CheckError if it stays."""
        process = Path(f"/proc/{self.pid}")
        try:
            async with asyncio.timeout(STOP_PATIENCE):
                while await asyncio.to_thread(process.exists):  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_AGAIN)
        except TimeoutError as error:
            raise CheckError(f"Home Assistant runs {STOP_PATIENCE:.0f} s later") from error

    def log(self) -> str:
        """Return everything that was logged so far, over all starts."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    async def _wait_until_started(self, process: Process) -> str:
        try:
            async with asyncio.timeout(START_PATIENCE), ClientSession(self.url) as session:
                if self.token is None:
                    await self._wait_for(process, session, "/api/onboarding")
                    self.token = await _make_user(session, self.url)
                session.headers["Authorization"] = f"Bearer {self.token}"
                await self._wait_for(process, session, "/api/core/state", '"RUNNING"')
                return self.token
        except TimeoutError as error:
            raise self._start_error(f"did not start within {START_PATIENCE:.0f} s") from error

    async def _wait_for(
        self, process: Process, session: ClientSession, path: str, word: str = ""
    ) -> None:
        """Return as soon as Home Assistant serves a page, with the word in it."""
        while True:
            if process.returncode is not None:
                raise self._start_error(f"ended with exit code {process.returncode}")
            with suppress(ClientError):
                async with session.get(path) as response:
                    if response.ok and word in await response.text():
                        return
            await asyncio.sleep(_LOOK_AGAIN)

    def _start_error(self, what: str) -> StartError:
        return StartError(f"Home Assistant {what}. The end of its log:\n{tail(self.log())}")


def _copy_integration(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))


def _store(folder: Path, key: str, data: Json, *, version: int) -> None:
    """Write one of the files that Home Assistant keeps for itself."""
    path = folder / ".storage" / key
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"version": version, "minor_version": 1, "key": key, "data": data}))


def _http_settings(port: int) -> Json:
    settings = {
        "server_host": [LOCALHOST],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "intermediate",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }
    return {"stable": settings, "pending": None, "yaml_migration_done": True}


def _environment() -> dict[str, str]:
    # Where bytecode is not written, Home Assistant starts three times as slowly.
    # With a path of ours, the integration would not be taken from the folder.
    left_out = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
    return {name: value for name, value in os.environ.items() if name not in left_out}


async def _make_user(session: ClientSession, url: str) -> str:
    """Do what a person does who opens the page for the first time, and return an access token."""
    user = {"name": USER.title(), "username": USER, "password": PASSWORD, "language": "en"}
    client = {"client_id": f"{url}/"}
    async with session.post("/api/onboarding/users", json=user | client) as response:
        response.raise_for_status()
        code = (await response.json())["auth_code"]
    grant = {"grant_type": "authorization_code", "code": code} | client
    async with session.post("/auth/token", data=grant) as response:
        response.raise_for_status()
        token: str = (await response.json())["access_token"]
        return token
