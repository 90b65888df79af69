"""The check that a device is an S20, before it is sent into another Wi-Fi."""

from .. import NoAnswerError, identify
from .agreeing import agrees
from .exits import PortError
from .output import complain
from .session import open_endpoint


async def require_s20(address: str, bind: str, *, agreed: bool) -> None:
    """Ask the device at an address what it is; if it is silent, ask the person at the terminal.

    Bulbs of other makers have the same Wi-Fi module, and obey the same words. WrongDeviceError if
    the device is no S20. If the device is silent NoAnswerError, and if our port is taken PortError,
    unless the person has `agreed` or does so now.
    """
    try:
        async with await open_endpoint(bind) as endpoint:
            await identify(endpoint, address)
    except (NoAnswerError, PortError) as error:
        why = "the port is taken" if isinstance(error, PortError) else "it is silent there"
        complain(
            f"beware: cannot check on UDP port 10000 that {address} is an S20: {why}\n"
            "Other devices with the same Wi-Fi chip would obey as well."
        )
        if not (agreed or agrees(f"Go on with {address} all the same?")):
            complain("nothing was sent to it; --yes goes on unchecked")
            raise
