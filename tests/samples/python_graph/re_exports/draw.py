"""Draw shapes through the short names."""

import shapes
from shapes import Disc, Square, area_of, scale, unit_square
from shapes.open_tools import *


def clamp(value):
    return min(1, value)


def _twice(value):
    return value + value


def draw():
    shapes.Triangle()
    shapes.unit_square()
    return area_of(Disc(2)) + Square(3).area() + unit_square().side


def resize(value):
    return clamp(scale(value, 2))


def larger(value):
    return _twice(grow(value))


def round_area():
    disc = shapes.Disc(1)
    return disc.area()
