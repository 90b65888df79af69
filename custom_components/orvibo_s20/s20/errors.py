"""What can go wrong, sorted by what the caller can do about it."""


class S20Error(Exception):
    """Root of every error that this package raises on purpose."""


class EndpointError(S20Error):
    """The UDP port cannot be used: free it, or wait until it is free."""


class NoAnswerError(S20Error, TimeoutError):
    """The device stayed silent: check its power and Wi-Fi, or try again later."""


class MalformedFrameError(S20Error, ValueError):
    """Bytes from the network are not a frame that we know: ignore them."""


class WrongDeviceError(S20Error):
    """Somebody answered, but not the wanted device: check the address or the MAC.

    Who and where it is, is given in the attributes.
    """

    def __init__(self, message: str, *, mac: str, address: str, model: str, is_s20: bool) -> None:
        """Keep who answered from where; a model is `SOC005`, `IRD012` and the like."""
        super().__init__(message)
        self.mac = mac
        self.address = address
        self.model = model
        self.is_s20 = is_s20


class RefusedError(S20Error):
    """The device answered with a result code other than success: asking again at once is no use."""


class NotKeptError(S20Error):
    """The device answers, but what was written is not there: it may be full, or cannot do it."""


class NotSwitchedError(S20Error):
    """The device answers, but its relay does not do as it is told: it may be broken."""
