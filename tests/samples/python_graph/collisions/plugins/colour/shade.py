"""Shades."""


def darken(surface):
    return f"dark {surface}"
