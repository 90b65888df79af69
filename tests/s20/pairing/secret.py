"""The password of the tests, and a search for it in everything that may be shown or kept."""

from collections.abc import Iterator
import traceback

from custom_components.orvibo_s20.s20.pairing import Credentials, Password

SECRET = "correct-horse-7"  # noqa: S105  that is what it is here
PASSWORD = Password(SECRET)
CREDENTIALS = Credentials("Home", PASSWORD)


def shown(error: BaseException) -> Iterator[str]:
    """Yield every text that an error can be made to tell, with all variables on its way."""
    link: BaseException | None = error
    while link is not None:
        yield from (str(link), repr(link), repr(link.args), repr(vars(link)))
        for frame, _ in traceback.walk_tb(link.__traceback__):
            yield from map(_repr, frame.f_locals.values())
        link = link.__cause__ or link.__context__


def _repr(value: object) -> str:
    """Return how a variable shows itself; one that was not finished may be unable to."""
    try:
        return repr(value)
    except AttributeError:
        return ""


def tells(texts: Iterator[str] | list[str], secret: str = SECRET) -> bool:
    """Whether the password is in one of the texts."""
    return any(secret in text for text in texts)
