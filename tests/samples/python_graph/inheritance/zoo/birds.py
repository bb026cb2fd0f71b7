"""Birds, of two parents that have one."""

from zoo import animals
from zoo.animals import Flyer as Winged
from zoo.mixins import LoudMixin, TaggedMixin


class Duck(animals.Swimmer, Winged):
    def sound(self):
        return "quack"

    def go(self):
        return self.move() + self.describe()


class Goose(LoudMixin, Duck):
    def __init__(self, name, ring):
        super().__init__(name)
        self.ring = ring

    def alarm(self):
        return self.louder(self.speak())


class Ringed(TaggedMixin, Goose):
    def tag(self):
        return Goose.alarm(self) + super().tag()

    def go(self):
        return super(Ringed, self).go()
