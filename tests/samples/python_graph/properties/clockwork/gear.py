"""Gears: what is called on an object, on a class, and through a property."""


class Tooth:
    def __init__(self, size):
        self.size = size

    def file_down(self):
        return Tooth(self.size - 1)


class Gear:
    made = 0

    def __init__(self, teeth):
        self.teeth = [Tooth(size) for size in teeth]

    @classmethod
    def of_size(cls, number):
        cls.count_up()
        return cls([1] * number)

    @classmethod
    def count_up(cls):
        cls.made += 1

    @staticmethod
    def ratio(one, other):
        return Gear.checked(one) / Gear.checked(other)

    @staticmethod
    def checked(number):
        return max(1, number)

    @property
    def first(self) -> Tooth:
        return self.teeth[0]

    @property
    def weight(self):
        return self._weigh()

    @weight.setter
    def weight(self, value):
        self._set_weight(value)

    def _weigh(self):
        return len(self.teeth)

    def _set_weight(self, value):
        self.teeth = [Tooth(1)] * value

    def smooth(self):
        return self.first.file_down()

    def against(self, other):
        return self.ratio(len(self.teeth), len(other.teeth))


class FineGear(Gear):
    @classmethod
    def of_size(cls, number):
        return super().of_size(number * 2)
