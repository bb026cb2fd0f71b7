"""The service: some names are the standard library's, some its own."""

import json
import logging

from . import json as own_json
from .logging import getLogger as own_logger


def standard(value):
    logging.getLogger("x")
    return json.dumps(value)


def own(value):
    own_logger("x")
    return own_json.dumps(value)


def both(value):
    return json.loads(own_json.pretty(value))


def open(path):
    return f"opened {path}"


def use(path):
    return open(path)


def print_all(values):
    return [str(value) for value in sorted(values)]
