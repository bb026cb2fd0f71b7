"""Where orders come in."""

from orders.model import Line, Money, Order, Priority, State


def take(names: list[str]) -> Order:
    order = Order()
    for name in names:
        order = order.put(Line(name, Money(100)))
    return order


def bill(order: Order):
    return order.total().plus(Money(1))


def state_of(text: str):
    state = State.parse(text)
    return state, Priority(2)


def is_done(order: Order) -> bool:
    return order.done() or State("paid").final()
