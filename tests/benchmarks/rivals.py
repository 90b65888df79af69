"""The two integrations that are compared."""

from dataclasses import dataclass
from typing import Final

from tests.system.api import Json
from tests.system.sockets import Socket

from .figures import Who

_CREATED: Final = "2026-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class Rival:
    """An integration: whose figures it makes, and the entry for a socket that it keeps."""

    who: Who
    domain: str

    def pick[T](self, ours: T, theirs: T) -> T:
        """Return what is meant for this one."""
        return ours if self.who is Who.HOME else theirs

    def entry(self, socket: Socket) -> Json:
        """Return what Home Assistant stores when the socket has been added."""
        address = {"host": socket.address}
        return {
            "created_at": _CREATED,
            "data": address | self.pick({"model": "SOC005"}, {"mac": socket.mac}),
            "disabled_by": None,
            "discovery_keys": {},
            "domain": self.domain,
            "entry_id": entry_id(socket),
            "minor_version": 1,
            "modified_at": _CREATED,
            "options": {},
            "pref_disable_new_entities": False,
            "pref_disable_polling": False,
            "source": "user",
            "subentries": [],
            "title": f"Socket {socket.number}",
            "unique_id": socket.mac,
            "version": 1,
        }


def entry_id(socket: Socket) -> str:
    """Return the id of the entry of a socket."""
    return f"socket{socket.number:02d}"


OURS: Final = Rival(Who.HOME, "orvibo_s20")
OTHER: Final = Rival(Who.OTHER, "orvibo")
