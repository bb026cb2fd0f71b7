"""A box, which has a size as well."""


class Box:
    def size(self):
        return 3
