"""A report for each day."""

import os.path
from datetime import datetime as clock

from .. import units
from ..regions import coldest
from . import layout as page


def write(folder, names):
    degrees = units.kelvin(coldest(names))
    return os.path.join(folder, page.line(degrees))


def stamp():
    return clock.now()


def late(name):
    from ..stations import find

    return find(name).region()
