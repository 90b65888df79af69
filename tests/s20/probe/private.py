"""What a report must not tell about a plug, in every form it could have."""

from collections.abc import Iterator
from ipaddress import IPv4Address
import re
from typing import Final

from tests.simulator.plug import Plug

NAME: Final = b"Grandma's lamp"
PASSWORD: Final = b"sesame"


def keep_secrets(plug: Plug) -> Plug:
    """Give a plug a name and a password that are found nowhere by accident."""
    plug.settings.name = NAME
    plug.settings.password = PASSWORD.ljust(12)
    return plug


def secrets(plug: Plug) -> Iterator[str]:
    """Yield MAC, address, name and password as text, in hex, forwards and backwards."""
    address = IPv4Address(plug.address)
    yield from (plug.address, str(int(address)))
    texts = (plug.mac.encode(), plug.address.encode(), plug.settings.name.strip(), PASSWORD)
    yield from (text.decode() for text in texts)
    for secret in (plug.uid, address.packed, *texts):
        yield from (secret.hex(), secret[::-1].hex())


def told(text: str, plug: Plug) -> list[str]:
    """Return the secrets that a text tells, whatever stands between their digits."""
    bare = _bare(text)
    return [secret for secret in secrets(plug) if _bare(secret) in bare]


def _bare(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.lower())
