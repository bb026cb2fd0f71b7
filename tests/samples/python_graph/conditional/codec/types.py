"""Types that are wanted by type checkers only."""


class Frame:
    def __init__(self, data):
        self.data = data

    def size(self):
        return len(self.data)
