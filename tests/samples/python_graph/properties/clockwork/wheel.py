"""Wheels have no teeth."""


class Wheel:
    def of_size(self, number):
        return self.checked(number)

    def count_up(self):
        return 1

    def ratio(self, one, other):
        return one / other

    def checked(self, number):
        return number

    def first(self):
        return self

    def file_down(self):
        return self

    def smooth(self):
        return self.file_down()

    def against(self, other):
        return self.ratio(1, 1)
