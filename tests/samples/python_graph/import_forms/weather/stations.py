"""Stations, which know their region, which knows its stations: a circle of imports."""

from . import regions
from .units import celsius as to_celsius


class Station:
    def __init__(self, name, kelvin):
        self.name = name
        self.kelvin = kelvin

    def reading(self):
        return to_celsius(self.kelvin)

    def region(self):
        return regions.region_of(self.name)


def find(name):
    return Station(name, 280.0)
