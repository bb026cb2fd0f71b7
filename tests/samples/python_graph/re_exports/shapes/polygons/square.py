"""Squares."""


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2


def unit_square():
    return Square(1)
