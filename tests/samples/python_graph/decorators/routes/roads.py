"""Roads, not of the web."""


class Road:
    def route(self, path):
        return self.keep(path, None)

    def keep(self, path, function):
        return path

    def default(self, function):
        return function

    def login(self):
        return "toll"

    def check(self, name):
        return name
