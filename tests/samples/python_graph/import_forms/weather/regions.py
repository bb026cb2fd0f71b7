"""Regions of stations."""

from weather import stations


def region_of(name):
    return name.partition("-")[0]


def coldest(names):
    return min(stations.find(name).reading() for name in names)
