"""Views of the east."""

from east.models import load
from east.models import Record


def show(key):
    return render(load(key))


def render(record: Record):
    return record.title()


def refresh():
    from west import views

    return views.show(1)
