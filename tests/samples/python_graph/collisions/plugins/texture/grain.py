"""Another one."""

from ..colour import shade


def rough(surface):
    return shade.darken(surface)
