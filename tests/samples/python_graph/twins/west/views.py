"""Views of the west."""

from . import models
from .models import Record


def show(key):
    return render(models.load(key))


def render(record: Record):
    return record.title()
