"""Where the service logs to."""

import logging as standard
from logging import Formatter


def getLogger(name):
    logger = standard.getLogger(f"service.{name}")
    Formatter("%(message)s")
    return logger
