"""One simulated socket: datagrams and moments in, datagrams out; no I/O and no clock of its own.

A *plug* is silent about everything it does not like, deaf while it answers a search, slow, and says
most things several times. Moments are seconds of any monotonic clock; they must not run backwards.
"""

from collections.abc import Callable

from .clock import UNIX_EPOCH, ClockMode
from .core import Core, Counters
from .parameters import Parameters
from .wire import Datagram

__all__ = ["Counters", "Datagram", "Parameters", "Plug"]


class Plug(Core):
    """A plug that has been on the network for long, with an empty list of subscribers.

    Its methods here are what an owner, a router or a power cut does to it.
    """

    # Called after each of them, so that whoever drives the plug looks at due() again.
    on_control: Callable[[], None] | None = None

    def press(self, now: float) -> None:
        """Push the button shortly: the relay toggles and the subscribers hear of it."""
        self.agenda.run(now)
        if self.powered:
            self.appliance.switch(power=not self.relay, now=now)
        self._controlled()

    def hold(self, now: float) -> None:
        """Hold the button for five seconds: it leaves the network to be paired, see Module.hold."""
        self.agenda.run(now)
        if self.powered:
            self.module.hold(now)
        self._controlled()

    def unplug(self, now: float) -> None:
        """Cut the power: everything that is not stored for good is lost."""
        self.agenda.run(now)
        self.powered = self.online = False
        self.worker.reset()
        self.agenda.clear()
        self._controlled()

    def plug_in(self, now: float) -> None:
        """Give it power, after a cut if it had any: it boots and joins `join_time` later."""
        self.unplug(now)
        self.powered = True
        self.subscribers.clear()
        self.announcer.boot()
        self.module.boot()
        self.appliance.boot(now)
        self.agenda.plan(now + self.parameters.join_time, self.join)
        self._controlled()

    def leave_network(self, now: float) -> None:
        """Take the Wi-Fi away; clock, timers and countdown go on."""
        self.disconnect(now)
        self._controlled()

    def rejoin(self, now: float) -> None:
        """Give the Wi-Fi back: it has an address at once and announces itself."""
        self.agenda.run(now)
        if self.powered:
            self.worker.reset()
            self.subscribers.clear()
            self.join(now)
        self._controlled()

    def move(self, address: str, now: float) -> None:
        """Have the router give out another address, which takes joining anew."""
        self.leave_network(now)
        self.address = self.module.home_address = address
        self.rejoin(now)

    def lock(self, now: float) -> None:
        """Turn the app's lock switch on: no answer to a search for all plugs any more."""
        self._set_discoverable(now, discoverable=False)

    def unlock(self, now: float) -> None:
        """Turn the app's lock switch off."""
        self._set_discoverable(now, discoverable=True)

    def rename(self, name: bytes, now: float) -> None:
        """Write the name as the vendor's app does: at most 16 bytes, padded with spaces."""
        self.agenda.run(now)
        self.settings.name = name
        self.appliance.settings_changed(now)
        self._controlled()

    def write_timer(self, record: bytes, now: float) -> bool:
        """Write a timer as the vendor's app does; False when the plug would refuse it."""
        self.agenda.run(now)
        done = self.appliance.add_timer(record, now)
        self._controlled()
        return done

    def set_clock(self, unix: float, now: float) -> None:
        """Set the clock to seconds since 1970 UTC; any value goes, also a wrong one."""
        self.agenda.run(now)
        self.appliance.set_clock(unix + UNIX_EPOCH, now)
        self._controlled()

    def restart_clock(self, mode: ClockMode, now: float) -> None:
        """Let the clock be as after power on in this mode, now and after every power cut."""
        self.agenda.run(now)
        self.parameters.clock_mode = mode
        self.appliance.start_clock(mode, now)
        self._controlled()

    def freeze_clock(self, now: float) -> None:
        """Let the clock stand still."""
        self.agenda.run(now)
        self.appliance.freeze_clock(now)
        self._controlled()

    def forget_subscribers(self) -> None:
        """Lose the list of subscribers for no visible reason."""
        self.subscribers.clear()

    def lose_next(self, requests: int) -> None:
        """Lose the next requests for this plug, whatever they ask; noise does not count."""
        self._losses = requests

    def _set_discoverable(self, now: float, *, discoverable: bool) -> None:
        self.agenda.run(now)
        self.settings.discoverable = discoverable
        self.appliance.settings_changed(now)
        self._controlled()

    def _controlled(self) -> None:
        if self.on_control is not None:
            self.on_control()
