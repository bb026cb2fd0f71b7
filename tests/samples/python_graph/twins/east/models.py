"""Models of the east."""


class Record:
    def __init__(self, key):
        self.key = key

    def title(self):
        return self.label()

    def label(self):
        return f"east {self.key}"


def load(key):
    return Record(key)
