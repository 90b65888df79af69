"""The ear of a module that is in no network: lengths in, a password out.

See docs/protocol.md#61-smartlink.

Written from the protocol description alone and shared with no client. It is pickier than a real
module may be: a group in which anything is missing, repeated or hasty is thrown away.
"""

from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import Final

PORT: Final = 49999

_BASE: Final = 76  # bytes of UDP payload, all of them
_BEGIN: Final = 89
_END: Final = 86
_COUNT: Final = 332
_PREAMBLE: Final = 50  # U, datagrams that it needs to find the channel
_CLOSEST: Final = 0.03  # s, U: what comes in quicker succession is not told apart


@dataclass(slots=True)
class Sniffer:
    """Hears how long each datagram is, and when it comes."""

    log: list[tuple[float, int]] = field(default_factory=list)
    _preamble: int = 0
    _group: list[tuple[float, int]] = field(default_factory=list)

    def hear(self, length: int, at: float) -> str | None:
        """Return the password with the datagram that completes a group."""
        self.log.append((at, length))
        if length == _BASE:
            self._preamble += 1
            self._group.clear()
            return None
        if self._preamble < _PREAMBLE:
            return None
        if length == _BEGIN and any(other != _BEGIN for _, other in self._group):
            self._group.clear()
        self._group.append((at, length))
        return self._password() if length > _COUNT else None

    def _password(self) -> str | None:
        """Read a group, at the first of the datagrams that say how many characters there are."""
        *lengths, count = (length for _, length in self._group)
        begins = len(list(takewhile(lambda length: length == _BEGIN, lengths)))
        codes = list(takewhile(lambda length: length != _END, lengths[begins:]))
        rest = lengths[begins + len(codes) :]
        if not begins or set(rest) != {_END} or len(codes) != count - _COUNT or self._is_hasty():
            return None
        return "".join(chr(code - _BASE) for code in codes)

    def _is_hasty(self) -> bool:
        return any(later - at < _CLOSEST for (at, _), (later, _) in pairwise(self._group))
