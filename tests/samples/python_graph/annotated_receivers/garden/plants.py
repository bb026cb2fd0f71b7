"""Plants. Many of them can be watered, so the name alone says nothing."""

from __future__ import annotations

from typing import Optional


class Rose:
    def water(self):
        return "rose"

    def prune(self) -> Rose:
        return self

    def neighbour(self) -> Optional[Fern]:
        return Fern()


class Fern:
    def water(self):
        return "fern"

    def spread(self) -> list[Fern]:
        return [Fern(), Fern()]


class Cactus:
    def water(self):
        return "cactus"


class Pot:
    plant: Rose
    spare: "Optional[Fern]" = None

    def __init__(self, plant: Rose, guest: Cactus | None = None):
        self.plant = plant
        self.guest = guest
        self.own = Fern()
        self.shelf: dict[str, Cactus] = {}

    def water(self):
        self.plant.water()
        self.own.spread()
        if self.guest is not None:
            self.guest.water()
        for cactus in self.shelf.values():
            cactus.water()

    def water_spare(self):
        if self.spare:
            self.spare.water()
