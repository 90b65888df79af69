"""What can go wrong, sorted by what the caller can do about it."""


class S20Error(Exception):
    """Root of every error that this package raises on purpose."""


class EndpointError(S20Error):
    """The UDP port cannot be used: another program holds the port, or the endpoint is closed."""


class NoAnswerError(S20Error, TimeoutError):
    """The device stayed silent: check its power and Wi-Fi, or try again later."""


class MalformedFrameError(S20Error, ValueError):
    """Bytes from the network are not a frame that we know: ignore them."""


class WrongDeviceError(S20Error):
    """Another device answered than the wanted one: check the address or the MAC.

    The attributes say which device answered, and from where.
    """

    def __init__(self, message: str, *, mac: str, address: str, model: str, is_s20: bool) -> None:
        """Keep which device answered from where; a model is `SOC005`, `IRD012` and the like."""
        super().__init__(message)
        self.mac = mac
        self.address = address
        self.model = model
        self.is_s20 = is_s20


class RefusedError(S20Error):
    """The device answered with a result code other than success: asking again at once is no use."""


class NotKeptError(S20Error):
    """The device answers, but does not show what was written: its memory may be full."""


class NotSwitchedError(S20Error):
    """The device answers, but its relay does not switch: the relay may be broken."""
