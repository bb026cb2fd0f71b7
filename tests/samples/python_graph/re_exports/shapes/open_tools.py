"""Tools without a list of what is public."""


def grow(value):
    return _twice(value)


def _twice(value):
    return 2 * value
