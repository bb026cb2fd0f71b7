"""Make gears."""

from clockwork.gear import FineGear, Gear


def coarse():
    gear = Gear.of_size(3)
    return gear


def fine():
    gear = FineGear.of_size(3)
    return Gear.ratio(2, 3), gear


def polish(gear: Gear):
    gear.weight = 2
    gear.first.file_down()
    return gear.smooth()


def compare(gear: Gear):
    FineGear.checked(1)
    return gear.against(gear)
