"""A plug that tells little, and relatives that a client must not take for a plug."""

from typing_extensions import override

from . import wire
from .plug import Plug
from .wire import Opcode

ALL_ONE_TYPE = "IRD012"  # real packet, R09


class SecretivePlug(Plug):
    """A plug that keeps its settings for itself, and so its name."""

    answers_to = frozenset(Opcode) - {Opcode.READ_TABLE}


class AllOne(Plug):
    """Orvibo's infrared sender, as far as it looks like a plug: 41 bytes, no relay state."""

    answers_to = frozenset({Opcode.DISCOVER_ALL, Opcode.DISCOVER_ONE})

    @override
    def discovery_answer(self, opcode: Opcode, now: float) -> bytes:
        """Return the answer to a search, without the last byte of a plug's."""
        clock = self.appliance.clock.field(now)
        return wire.encode_discovery(opcode, self.uid, ALL_ONE_TYPE, clock, power=None)


class SilentModule(Plug):
    """Another maker's product with the same module and MAC prefix: nothing to say on port 10000."""

    answers_to: frozenset[Opcode] = frozenset()

    @override
    def send(self, data: bytes, destination: wire.Address, at: float) -> None:
        """Say nothing, not even at joining."""
