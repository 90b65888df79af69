"""A simulated Orvibo S20: the device as it is, written from recordings and publications alone.

C1 to C4 are the captures of a real one in Jollyjohn/wireshark.orvibo (frame numbers behind the f).
Others published what theirs do: NOZ (Nozza87), ORV (fernadosilva/orvfms), GLN (glenpp/OrviboS20),
HB (HankB/orvibo), CPR (cprasmu/PiSocketEmulator).

wire.py       the bytes
plug.py       one plug (core.py, worker.py, commands.py, announcer.py, appliance.py are its parts)
module.py     its Wi-Fi module: in a network, or to be paired (at_channel.py, sniffer.py)
parameters.py everything that may differ between real devices, with its origin
variants.py   a plug that tells little, and relatives that are no plugs
network.py    loss, copies, delay
segment.py    plugs and network together, still without I/O
serve.py      real UDP
"""

from .clock import ClockMode
from .module import Mode
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
    "Mode",
    "Network",
    "NetworkParameters",
    "Parameters",
    "Plug",
    "SilentModule",
]
