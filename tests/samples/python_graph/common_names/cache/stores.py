"""Stores whose methods are called as those of lists, dicts, strings and files."""


class Shelf:
    def __init__(self):
        self.rows = {}

    def get(self, key):
        return self.rows.get(key)

    def items(self):
        return list(self.rows.items())

    def append(self, row):
        self.rows[len(self.rows)] = row

    def join(self, other):
        self.rows.update(other.rows)

    def close(self):
        self.rows.clear()

    def read(self):
        return self.get(0)

    def evict_oldest(self):
        return self.rows.pop(0, None)


class Disk:
    def sync(self):
        return "disk"


class Tape:
    def sync(self):
        return "tape"


def update(row):
    return row


def format(row):
    return str(row)
