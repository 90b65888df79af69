"""Bringing a device into a Wi-Fi, without the vendor's app: two ways of its Wi-Fi module.

    access_point, smart_link      the two ways, each from its first word to the result
      dialogue                    one try: the first word, then commands and replies
        channel                   a UDP endpoint that lives as long as a try
          at, notices             the lines and notices of a module    } pure: neither
          lengths                 a password as lengths of datagrams   } sockets nor
          credentials             name, password, and what may be sent } waiting
          errors

It stands beside the endpoint on port 10000, with ports of its own. We have tried neither way on a
real device; both follow recordings and other programs.

A password is in a `Password` or `Credentials` from the beginning, which no repr and no message
shows, and nothing here keeps one. What is sent is readable to anybody in radio range all the same.
"""

from .access_point import ACCESS_POINT, BROADCAST, OWN_WIFI, connect, list_networks, require_one
from .at import Module, Step
from .credentials import (
    Auth,
    Credentials,
    Network,
    Password,
    require_joinable,
    require_sendable,
)
from .errors import InputError, Reason, SeveralAnswersError
from .lengths import require_speakable
from .notices import Joined
from .smart_link import LIMIT, Announcements, smart_link

__all__ = [
    "ACCESS_POINT",
    "BROADCAST",
    "LIMIT",
    "OWN_WIFI",
    "Announcements",
    "Auth",
    "Credentials",
    "InputError",
    "Joined",
    "Module",
    "Network",
    "Password",
    "Reason",
    "SeveralAnswersError",
    "Step",
    "connect",
    "list_networks",
    "require_joinable",
    "require_one",
    "require_sendable",
    "require_speakable",
    "smart_link",
]
