"""The password of the tests, and a search for it in everything that may be shown or kept."""

from collections.abc import Iterator
import traceback

from custom_components.orvibo_s20.s20.pairing import Credentials, Password

SECRET = "correct-horse-7"  # noqa: S105  that is what it is here
PASSWORD = Password(SECRET)
CREDENTIALS = Credentials("Home", PASSWORD)


def shown(error: BaseException) -> Iterator[str]:
    """Yield every text that an error can be made to tell, with all variables on its way."""
    yield from traceback.TracebackException.from_exception(error, capture_locals=True).format()
    link: BaseException | None = error
    while link is not None:
        yield from (str(link), repr(link), repr(link.args), repr(vars(link)))
        link = link.__cause__ or link.__context__


def tells(texts: Iterator[str] | list[str], secret: str = SECRET) -> bool:
    """Whether the password is in one of the texts."""
    return any(secret in text for text in texts)
