"""Tools, some of which are for this package only."""

__all__ = ["scale"]


def scale(value, factor):
    return clamp(value * factor)


def clamp(value):
    return max(0, value)
