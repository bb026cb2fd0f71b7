"""Both."""

import east.views
import west.views
from west.views import show


def both(key):
    return east.views.show(key), west.views.show(key)


def last(key):
    return show(key)


def titles(key):
    record = west.models.Record(key)
    return record.title() + record.label()


def unknown(record):
    return record.label()


def not_imported(key):
    try:
        return load(key)
    except NameError:
        return None
