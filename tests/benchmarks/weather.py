"""A hostile network and rough hands, drawn from a seed."""

import asyncio
from random import Random

from tests.simulator.clock import ClockMode

from .household import Socket, control, search
from .traced_lan import TracedLan

BOOT = 5.0  # s, from power to the first announcement


class Weather:
    """Torments sockets and network; `calm` ends it."""

    def __init__(self, lan: TracedLan, sockets: list[Socket], random: Random) -> None:
        """Take the network as it is."""
        self._lan = lan
        self._sockets = sockets
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._returns: list[asyncio.TimerHandle] = []
        self._hosts = 0

    @property
    def overtakes(self) -> bool:
        """Whether a datagram, or the copy of one, may arrive after a later one."""
        air = self._lan.network.parameters
        return any((air.duplication, air.jitter, air.reordering))

    def storm(self) -> str:
        """Draw a bad network. Returns its description."""
        random, air = self._random, self._lan.network.parameters
        self._lan.network.set_loss(random.choice((0.0, 0.05, 0.1, 0.3, 0.6)))
        air.duplication = random.choice((0.0, 0.1, 0.5))
        air.duplicate_delay = random.choice((0.005, 0.1))
        air.jitter = random.choice((0.0, 0.005, 0.03))
        air.reordering = random.choice((0.0, 0.1, 0.5))
        air.reorder_delay = random.choice((0.02, 0.05))
        return str(air)

    def calm(self, now: float) -> None:
        """Let everything be well from now on: every socket has power, nothing is lost."""
        air = self._lan.network.parameters
        self._lan.network.set_loss(0.0)
        self._lan.network.fail_until(now)
        air.duplication = air.jitter = air.reordering = 0.0
        for timer in self._returns:
            timer.cancel()
        self._returns.clear()
        for socket in self._sockets:
            if socket.unplugged:
                self._plug_in(socket, now)

    def strike(self, now: float) -> None:
        """Let one thing happen to one socket, or to the network."""
        deeds = (self._press, self._control, self._reboot, self._unplug, self._freeze, self._forget)
        weights = (8, 8, 2, 2, 1, 1)
        roll = self._random.random()
        if roll < 0.03:
            self._lan.network.fail_until(now + self._random.uniform(2.0, 5.0))
        elif roll < 0.08:
            search(self._lan)
        elif roll < 0.10:
            self._move(self._random.choice(self._sockets), now)
        else:
            [deed] = self._random.choices(deeds, weights)
            deed(self._random.choice(self._sockets), now)

    def _press(self, socket: Socket, now: float) -> None:
        socket.meddled_at = socket.pressed_at = now
        socket.plug.press(now)

    def _control(self, socket: Socket, now: float) -> None:
        socket.meddled_at = socket.pressed_at = now + control(
            self._lan, socket.plug, power=self._random.choice((True, False))
        )

    def _reboot(self, socket: Socket, now: float) -> None:
        if not socket.unplugged:
            self._plug_in(socket, now)

    def _unplug(self, socket: Socket, now: float) -> None:
        if socket.unplugged:
            return
        socket.unplugged = True
        socket.meddled_at = now
        socket.plug.unplug(now)
        minutes = self._random.uniform(0.1, 5.0)
        at = now + minutes * 60.0
        self._returns.append(self._loop.call_at(at, self._plug_in, socket, at))

    def _plug_in(self, socket: Socket, now: float) -> None:
        socket.unplugged = False
        socket.meddled_at = now + BOOT
        socket.plug.plug_in(now)

    def _freeze(self, socket: Socket, now: float) -> None:
        if self._random.random() < 0.5:
            socket.plug.freeze_clock(now)
        else:
            socket.plug.restart_clock(self._random.choice(list(ClockMode)), now)

    def _forget(self, socket: Socket, _now: float) -> None:
        socket.plug.forget_subscribers()

    def _move(self, socket: Socket, now: float) -> None:
        self._hosts += 1
        address = f"10.10.{11 + self._hosts // 250}.{1 + self._hosts % 250}"
        socket.plug.move(address, now)
