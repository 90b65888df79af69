"""Pairing through the device's own Wi-Fi, `WiWo-S20` (button: fast blue), or over the network.

The same dialogue moves a device that is in a network already into another network. Every device
with such a module obeys, so the dialogue is held with one address only. But the first word may be
broadcast in the device's own Wi-Fi, where nobody else should be.
"""

from collections.abc import Awaitable, Callable, Collection
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import TypeVar

from ..errors import NoAnswerError
from .at import LEAVE, PORT, Module, Step, decode_networks_untrusted, joining
from .channel import ANY_ADDRESS
from .credentials import Credentials, Network, require_joinable, require_sendable
from .dialogue import Dialogue, OnStep, SilenceError
from .errors import InputError, Reason, SeveralAnswersError

ACCESS_POINT = "10.10.100.254"  # of a device in its own Wi-Fi
BROADCAST = "10.10.100.255"  # in that Wi-Fi
OWN_WIFI = IPv4Network("10.10.100.0/24")
TRIES = 5

_Result = TypeVar("_Result")


async def connect(
    credentials: Credentials,
    *,
    target: str = ACCESS_POINT,
    address: str = ANY_ADDRESS,
    networks: Collection[Network] = (),
    on_step: OnStep = lambda _: None,
) -> Module:
    """Have a device join a Wi-Fi, and return its module; the device joins within a minute.

    Whether the device joins cannot be seen from here: with a wrong password the device never
    appears. The target is the address of one device, or `BROADCAST` together with an `address` of
    this machine in 10.10.100.0/24. `networks` is the result of `list_networks`, if that was called.
    Takes 4 to 45 s.

    InputError, before anything is sent; EndpointError if this machine is in no network with the
    target; NoAnswerError; RefusedError if the device answers a command with an error;
    SeveralAnswersError. When a later step than the first fails, the device may have stored the name
    without the password: call `connect` again, or begin anew with the button of the device.
    """
    require_sendable(credentials)
    require_joinable(credentials, networks)

    async def tell(dialogue: Dialogue) -> Module:
        for command in joining(credentials):
            await dialogue.ask(command)
        await dialogue.restart()
        return dialogue.module

    return await _try_often(tell, target, address, on_step)


async def list_networks(
    *,
    target: str = ACCESS_POINT,
    address: str = ANY_ADDRESS,
    on_step: OnStep = lambda _: None,
) -> list[Network]:
    """Return the networks that a device sees, the strongest first; nothing is changed.

    Takes 4 to 15 s, at most a minute. Target, address and errors as for `connect`. RefusedError if
    the device does not know the command; no real device was ever seen to know the command, so be
    ready to ask people for the name of their Wi-Fi.
    """

    async def ask(dialogue: Dialogue) -> list[Network]:
        answer = await dialogue.scan()
        dialogue.say(LEAVE)
        return decode_networks_untrusted(answer.value)

    return await _try_often(ask, target, address, on_step)


async def _try_often(
    work: Callable[[Dialogue], Awaitable[_Result]],
    target: str,
    address: str,
    on_step: OnStep,
) -> _Result:
    """Greet a module and do some work; begin again after silence, five times at most."""
    require_one(target, address)
    met: Module | None = None
    silent_step = Step.FIND
    for _ in range(TRIES):
        dialogue = Dialogue(target, address, on_step, broadcast=target == BROADCAST)
        async with dialogue.channel:
            try:
                await dialogue.greet()
                if met not in {None, dialogue.module}:
                    raise SeveralAnswersError([str(met), str(dialogue.module)])
                met = dialogue.module
                await dialogue.open()
                return await work(dialogue)
            except SilenceError as error:
                silent_step = error.step
    raise NoAnswerError(_explain(met, silent_step, target))


def require_one(target: str, address: str) -> None:
    """Raise InputError if more than one device would hear the target.

    Only in the own Wi-Fi of a device the first word may be broadcast.
    """
    try:
        aim = IPv4Address(target)
    except AddressValueError:
        raise InputError(Reason.TARGET, f"{target!r} is not an IPv4 address") from None
    if target == BROADCAST and IPv4Address(address) in OWN_WIFI:
        return
    if target.endswith(".255") or aim.is_multicast or aim.is_unspecified or aim.is_reserved:
        raise InputError(
            Reason.TARGET, f"{target} is not the address of one device, and all of them would obey"
        )


def _explain(met: Module | None, step: Step, target: str) -> str:
    if met is not None:
        return f"S20 {met} stopped answering at the step `{step}`"
    if target in {ACCESS_POINT, BROADCAST}:
        return (
            f"nobody answers at {target} UDP {PORT}: is this computer in the Wi-Fi WiWo-S20, and"
            " does the socket flash blue fast?"
        )
    return f"no Wi-Fi module answers at {target} UDP {PORT}"
