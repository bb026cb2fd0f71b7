"""Tend them, by what the annotations say they are."""

import typing as t
from collections.abc import Iterable
from typing import List, Optional, Union

from garden import plants
from garden.plants import Cactus, Fern, Pot, Rose

Thirsty = Union[Rose, Fern]


def parameter(plant: Rose):
    return plant.water()


def through_module(plant: plants.Fern):
    return plant.water()


def quoted(plant: "Cactus"):
    return plant.water()


def optional(plant: Optional[Rose] = None):
    if plant:
        return plant.water()
    return None


def piped(plant: Fern | None):
    return plant.water() if plant else None


def either(plant: Union[Rose, Cactus]):
    return plant.water()


def piped_either(plant: "Rose | Fern"):
    return plant.water()


def each(row: list[Rose]):
    for plant in row:
        plant.water()


def each_old(row: List["Fern"]):
    for plant in row:
        plant.water()


def each_iterable(row: Iterable[Cactus]):
    return [plant.water() for plant in row]


def numbered(row: t.Sequence[Rose]):
    for _, plant in enumerate(row):
        plant.water()


def values(rows: dict[str, Fern]):
    for name, plant in rows.items():
        plant.water()
    return name


def first(row: list[Rose]):
    return row[0].water()


def variable():
    plant: Fern = pick("fern")
    return plant.water()


def assigned():
    plant = Cactus()
    return plant.water()


def returned():
    plant = choose()
    return plant.water()


def choose() -> Rose:
    return Rose()


def pick(name):
    return {"fern": Fern(), "rose": Rose()}[name]


def through_attribute(pot: Pot):
    pot.plant.water()
    pot.own.water()
    return pot.plant.neighbour().water()


def starred(*row: Rose, **rows: Fern):
    for plant in row:
        plant.water()
    for plant in rows.values():
        plant.water()


def narrowed(plant):
    if isinstance(plant, Cactus):
        return plant.water()
    return None


def reassigned(plant: Rose):
    plant.water()
    plant = Fern()
    return plant.spread()


def unknown(plant):
    return plant.water()


def unknown_result():
    plant = pick("rose")
    return plant.water()


def unknown_element(row):
    for plant in row:
        plant.water()


def aliased(plant: Thirsty):
    return plant.water()


class Gardener:
    favourite: Cactus

    def __init__(self, rows: list[Rose], pots: "list[Pot]"):
        self.rows = rows
        self.pots = pots
        self.hedge: list[Fern] = []

    def round(self):
        self.favourite.water()
        for plant in self.rows:
            plant.water()
        for plant in self.hedge:
            plant.spread()

    def pots_round(self):
        for pot in self.pots:
            pot.water()

    def adopt(self, plant: Cactus):
        self.favourite = plant
        return self

    def all_day(self):
        self.adopt(Cactus()).round()
        return Gardener([], []).pots_round()
