"""Models of the west."""

from east import models as eastern


class Record(eastern.Record):
    def label(self):
        return f"west {self.key}"


def load(key):
    return Record(key)


def load_east(key):
    return eastern.load(key)
