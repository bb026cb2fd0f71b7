"""Types of the service, and a name like a builtin's."""


def sorted(values):
    return list(values)


class str:
    pass
