"""Orders as data."""

from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from typing import NamedTuple


class State(Enum):
    OPEN = "open"
    PAID = "paid"

    def final(self):
        return self is State.PAID

    @classmethod
    def parse(cls, text):
        return cls(text)


class Priority(IntEnum):
    LOW = 1
    HIGH = 2


class Money(NamedTuple):
    cents: int
    currency: str = "EUR"

    def plus(self, other: "Money") -> "Money":
        return Money(self.cents + other.cents, self.currency)


@dataclass(frozen=True)
class Line:
    name: str
    price: Money
    quantity: int = 1

    def total(self) -> Money:
        return Money(self.price.cents * self.quantity)


def fresh_number():
    return 17


@dataclass
class Order:
    lines: list[Line] = field(default_factory=list)
    state: State = State.OPEN
    number: int = field(default_factory=fresh_number)

    def __post_init__(self):
        self.check()

    def check(self):
        return self.number > 0

    def put(self, line: Line) -> "Order":
        return replace(self, lines=[*self.lines, line])

    def total(self) -> Money:
        result = Money(0)
        for line in self.lines:
            result = result.plus(line.total())
        return result

    def done(self) -> bool:
        return self.state.final()
