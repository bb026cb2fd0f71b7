"""One who keeps the animals."""

from zoo.animals import Animal
from zoo.birds import Duck, Goose, Ringed


def feed():
    duck = Duck("Donna")
    duck.go()
    duck.move()
    return duck.describe()


def ring():
    goose = Goose("Greta", 7)
    goose.move()
    goose.sound()
    return goose.louder("x")


def tag():
    bird = Ringed("Rita", 8)
    bird.move()
    bird.go()
    return bird.tag()


def unbound():
    animal = Animal("Anna")
    Animal.speak(animal)
    return animal.describe()


def lost(bird):
    return bird.move()
