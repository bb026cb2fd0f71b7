"""The cart adds up."""

import basket
from basket import cart
from basket.money import round_up


def filled():
    return basket.Cart().put("tea", 100)


def test_an_empty_cart_costs_nothing():
    assert cart.empty_cart() is not None
    assert round_up(0.2) == 1


def test_a_filled_cart_has_tax():
    assert filled() is not None


class TestCart:
    def setup_method(self):
        self.cart = cart.Cart()

    def test_total(self):
        self.cart.put("tea", 50)
        assert self.cart.total() == 60
