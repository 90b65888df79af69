"""A simulated Orvibo S20: the device as it is, written from the protocol description alone.

wire.py       the bytes
plug.py       one plug (core.py, worker.py, commands.py, announcer.py, appliance.py are its parts)
parameters.py everything that may differ between real devices, with its origin
variants.py   relatives that are no plugs
network.py    loss, copies, delay
segment.py    plugs and network together, still without I/O
serve.py      real UDP
"""

from .clock import ClockMode
from .network import Network, NetworkParameters
from .parameters import AfterPowerCut, Parameters
from .plug import Plug
from .settings import PROFILES
from .variants import AllOne, SilentModule
from .wire import Datagram, Drop

__all__ = [
    "PROFILES",
    "AfterPowerCut",
    "AllOne",
    "ClockMode",
    "Datagram",
    "Drop",
    "Network",
    "NetworkParameters",
    "Parameters",
    "Plug",
    "SilentModule",
]
