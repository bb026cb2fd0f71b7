"""The warehouse, which counts too."""


class Warehouse:
    def put(self, name, price):
        return self.total()

    def total(self):
        return 0
