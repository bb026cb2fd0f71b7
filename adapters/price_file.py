"""The price file: the operator's own where DOCTOWN_PRICES names one, else the one that comes with doctown."""

from pathlib import Path

from adapters.settings import Settings
from doctown.errors import InvalidSettings
from doctown.prices import Prices, prices_of, shipped_prices

MAX_BYTES = 1_000_000


def prices_for(settings: Settings) -> Prices:
    """Raises InvalidSettings: the file cannot be read, or what is wrong in it."""
    if not settings.prices:
        return shipped_prices()
    try:
        with Path(settings.prices).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise InvalidSettings(f"DOCTOWN_PRICES: {settings.prices} cannot be read: {reason}; name another.") from error
    if len(data) > MAX_BYTES:
        raise InvalidSettings(f"DOCTOWN_PRICES: {settings.prices} is too large for a price file; name another.")
    return prices_of(text, settings.prices)
