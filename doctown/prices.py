"""What machines cost, out of `prices.toml` or a file of one's own, with the date on which that was so. Pure.

Which file is read is left to `adapters.price_file`, what work costs by these prices to `doctown.cost`.
"""

import tomllib
from datetime import date
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doctown.errors import InvalidSettings

MOST_AGE_DAYS = 180
SHIPPED = "doctown/prices.toml"

Usd = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GpuPrice(_Table):
    """One worker of a GPU pool. `active_usd_per_s` is None where no price is published."""

    gpus: str = ""
    flex_usd_per_s: Usd
    active_usd_per_s: Usd | None = None


class CpuPrice(_Table):
    """A CPU worker; None: not known."""

    usd_per_vcpu_h: Usd | None = None


class AlwaysOn(_Table):
    """Dollars a month, least and most, of the machines that serverless work takes the place of."""

    cpu_pod: tuple[Usd, Usd]
    embedding_worker: tuple[Usd, Usd]


class Prices(_Table):
    """A whole price file."""

    as_of: date
    source: str = ""
    gpu: dict[str, GpuPrice] = Field(min_length=1)
    cpu: CpuPrice = CpuPrice()
    always_on_usd_per_month: AlwaysOn

    def gpu_usd_per_s(self, pool: str) -> float:
        """Of a flex worker. Raises InvalidSettings: there is no such pool in the file."""
        if pool not in self.gpu:
            raise InvalidSettings(
                f"DOCTOWN_EMBED_POOL: {pool!r:.60} has no price; write one of {', '.join(self.gpu)}, or add it to a "
                "price file of your own (DOCTOWN_PRICES)."
            )
        return self.gpu[pool].flex_usd_per_s

    def cpu_usd_per_s(self, vcpus: int) -> float | None:
        """Of a CPU worker with so many vCPUs; None: not known."""
        each = self.cpu.usd_per_vcpu_h
        return None if each is None else each * vcpus / 3600


def prices_of(text: str, name: str) -> Prices:
    """The prices in the text of a file that is called `name`. Raises InvalidSettings: what is wrong there."""
    try:
        return Prices.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidSettings(
            f"The price file {name} is no TOML: {error!s:.200}; compare it with {SHIPPED}."
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidSettings(f"The price file {name}: {where}: {first['msg']}; compare it with {SHIPPED}.") from error


def shipped_prices() -> Prices:
    """The prices that come with doctown."""
    return prices_of(files("doctown").joinpath("prices.toml").read_text("utf-8"), SHIPPED)


def out_of_date(prices: Prices, today: date) -> str | None:
    """The sentence to say of prices that are older than MOST_AGE_DAYS, or of a day that is still to come; else None."""
    age = (today - prices.as_of).days
    if 0 <= age <= MOST_AGE_DAYS:
        return None
    when = f"{age} days old" if age > 0 else "of a day that is still to come"
    return (
        f"The prices are {when} ({prices.as_of}): correct a copy of {SHIPPED} by "
        f"{prices.source or 'the price list'}, give it the day's as_of, and name it with DOCTOWN_PRICES."
    )
