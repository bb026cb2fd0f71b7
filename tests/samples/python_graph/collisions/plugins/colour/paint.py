"""A plugin in a package without __init__.py."""

from plugins.texture import grain


def paint(surface):
    return grain.rough(surface)
