"""Money is a whole number of cents."""

import math


def add_tax(cents):
    return cents * 1.2


def round_up(cents):
    return math.ceil(cents)
