"""The Wi-Fi module on UDP 48899: a first word, then lines.

See docs/protocol.md#62-own-network.

Written from the protocol description alone and shared with no client.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING

from .wire import Address, Datagram

if TYPE_CHECKING:
    from .core import Core

PORT = 48899
FIRST_WORD = "HF-A11ASSISTHREAD"
OPENING = "+ok"

_BAD_FORMAT, _UNKNOWN, _BAD_PARAMETER = -1, -2, -4
_PIECE_GAP = 0.03  # s, between the parts of an answer
_ALWAYS = 1_000_000
_HEADER = "Ch,SSID,BSSID,Security,Indicator"
_WPA = {"TKIP", "AES", "TKIPAES"}
_CIPHERS = {
    "OPEN": {"NONE", "WEP-H", "WEP-A"},
    "SHARED": {"WEP-H", "WEP-A"},
    "WPAPSK": _WPA,
    "WPA2PSK": _WPA,
}


@dataclass(frozen=True, slots=True)
class Wifi:
    """A Wi-Fi as a module stores it."""

    ssid: str
    protection: str  # `WPA2PSK,AES`
    key: str


class _State(Enum):
    CLOSED = auto()
    DISCOVERED = auto()
    OPEN = auto()


class AtChannel:
    """The dialogue, and the Wi-Fi that it has stored, which the module joins after a restart."""

    def __init__(self, plug: "Core", wifi: Wifi, on_restart: Callable[[float], None]) -> None:
        self._plug = plug
        self._on_restart = on_restart
        self._state = _State.CLOSED
        self._last = 0.0
        self._deafness: Counter[str] = Counter()
        self._errors: dict[str, int] = {}
        self.wifi = wifi
        self.as_station = True

    def hear(self, data: bytes, source: Address, now: float) -> None:
        """Take a datagram that has reached the open port."""
        if now - self._last > self._plug.parameters.at_idle_time:
            self._state = _State.CLOSED
        self._last = now
        text = data.decode("utf-8", "replace")
        word = self._word(text)
        if self._deafness[word] > 0:
            self._deafness[word] -= 1
        elif text == FIRST_WORD:
            self._state = _State.DISCOVERED
            self._answer(self._greeting(), source, now, pieces=1)
        elif text == OPENING and self._state is _State.DISCOVERED:
            self._state = _State.OPEN
        elif self._state is _State.OPEN and text.endswith(("\r", "\n")):
            self._obey(text.strip(), source, now)

    def ignore(self, word: str, times: int = _ALWAYS) -> None:
        """Do not answer a word such as `WSKEY`, the first word or `+ok`, for so many times."""
        self._deafness[word] = times

    def refuse(self, word: str, error: int) -> None:
        """Answer a command with an error, 0 for never."""
        self._errors[word] = error

    def close(self) -> None:
        """Forget the dialogue, as a restart does."""
        self._state = _State.CLOSED

    def _word(self, text: str) -> str:
        return text.strip().removeprefix("AT+").partition("=")[0]

    def _greeting(self) -> str:
        plug = self._plug
        return f"{plug.address},{plug.mac.upper()},{plug.parameters.module_id}"

    def _obey(self, line: str, source: Address, now: float) -> None:
        if not line.startswith("AT+"):
            self._say(_BAD_FORMAT, source, now)
            return
        word, has_value, value = line.removeprefix("AT+").partition("=")
        if word == "Z" and not self._errors.get(word):
            self.close()
            self._on_restart(now)
            return
        answer = self._errors.get(word) or self._carry_out(word, value if has_value else None)
        self._say(answer, source, now)

    def _carry_out(self, word: str, value: str | None) -> str | int:
        """Return the value of the answer, or an error."""
        writers = {"WSSSID": self._set_ssid, "WSKEY": self._set_key, "WMODE": self._set_mode}
        readers = {"LVER": self._version, "MID": self._model, "Q": self._quit}
        if self._plug.parameters.at_knows_scan:
            readers["WSCAN"] = self._scan
        if value is not None:
            write = writers.get(word)
            return _UNKNOWN if write is None else write(value)
        read = readers.get(word)
        return _UNKNOWN if read is None else read()

    def _version(self) -> str:
        return "08 (2015-04-28 16:57 16B)"

    def _model(self) -> str:
        return self._plug.parameters.module_id

    def _quit(self) -> str:
        self.close()
        return ""

    def _scan(self) -> str:
        return "\r\n" + "\r\n".join([_HEADER, *self._plug.parameters.wifis_around])

    def _set_mode(self, mode: str) -> str | int:
        if mode not in {"STA", "AP"}:
            return _BAD_PARAMETER
        self.as_station = mode == "STA"
        return ""

    def _set_ssid(self, ssid: str) -> str | int:
        if not 1 <= len(ssid.encode()) <= 32 or "," in ssid:
            return _BAD_PARAMETER
        self.wifi = replace(self.wifi, ssid=ssid)
        return ""

    def _set_key(self, value: str) -> str | int:
        auth, _, rest = value.partition(",")
        cipher, comma, key = rest.partition(",")
        if cipher not in _CIPHERS.get(auth, ()) or not comma or "," in key:
            return _BAD_PARAMETER
        if not _is_key(cipher, key):
            return _BAD_PARAMETER
        self.wifi = replace(self.wifi, protection=f"{auth},{cipher}", key=key)
        return ""

    def _say(self, answer: str | int, source: Address, now: float) -> None:
        end = self._plug.parameters.at_line_end
        if isinstance(answer, int):
            self._answer(f"+ERR={answer}{end}", source, now, self._pieces)
        else:
            text = f"+ok{'=' if answer else ''}{answer}{end}"
            self._answer(text, source, now, self._pieces)

    @property
    def _pieces(self) -> int:
        """The number of datagrams of one answer; only a greeting is always whole."""
        return max(1, self._plug.parameters.at_pieces)

    def _answer(self, text: str, source: Address, now: float, pieces: int) -> None:
        plug = self._plug
        at = now + plug.parameters.at_latency.draw(plug.random)
        data = text.encode()
        size = -(-len(data) // pieces)
        for start in range(0, len(data), size):
            piece = Datagram(data[start : start + size], (plug.address, PORT), source)
            plug.agenda.plan(at, partial(plug.put, piece))
            at += _PIECE_GAP


def _is_key(cipher: str, key: str) -> bool:
    length = len(key.encode())
    match cipher:
        case "NONE":
            return not key
        case "WEP-A":
            return length in {5, 13}
        case "WEP-H":
            return length in {10, 26}
    return 8 <= length <= 64
