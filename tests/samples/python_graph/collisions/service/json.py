"""JSON with sorted keys."""

import json


def dumps(value):
    return json.dumps(value, sort_keys=True)


def pretty(value):
    return dumps(value) + "\n"
