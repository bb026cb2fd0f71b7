"""What a storage can do, and two that do it."""

from abc import ABC, abstractmethod
from typing import Protocol, runtime_checkable


class Backend(ABC):
    def __init__(self):
        self.opened = False

    @abstractmethod
    def fetch(self, key):
        """The bytes under a key."""

    @abstractmethod
    def store(self, key, value):
        """Put bytes under a key."""

    def copy_key(self, source, target):
        self.prepare()
        self.store(target, self.fetch(source))

    def prepare(self):
        self.opened = True


class Memory(Backend):
    def __init__(self):
        super().__init__()
        self.rows = {}

    def fetch(self, key):
        self.prepare()
        return self.rows.get(key, b"")

    def store(self, key, value):
        self.rows[key] = value


class Null(Backend):
    def fetch(self, key):
        return b""

    def store(self, key, value):
        return None


@runtime_checkable
class Auditor(Protocol):
    def record(self, event: str) -> None: ...


class ListAuditor:
    def __init__(self):
        self.events = []

    def record(self, event):
        self.events.append(event)
