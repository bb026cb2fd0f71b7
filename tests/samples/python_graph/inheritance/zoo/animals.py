"""Animals."""


class Animal:
    def __init__(self, name):
        self.name = name

    def speak(self):
        return self.sound()

    def sound(self):
        return "..."

    def describe(self):
        return f"{self.name}: {self.speak()}"


class Swimmer(Animal):
    def describe(self):
        return "swims, " + super().describe()

    def move(self):
        return "swim"


class Flyer(Animal):
    def describe(self):
        return "flies, " + super().describe()

    def move(self):
        return "fly"
