"""Copy between storages."""

from storage.backends import Auditor, Backend, ListAuditor, Memory, Null


def copy(backend: Backend, key: str) -> None:
    backend.copy_key(key, f"{key}.copy")


def read(backend: Backend, key: str):
    return backend.fetch(key)


def audited(auditor: Auditor, key: str) -> None:
    auditor.record(key)


def in_memory(key):
    memory = Memory()
    memory.store(key, b"1")
    memory.copy_key(key, "other")
    return memory.fetch("other")


def nothing(key):
    null = Null()
    copy(null, key)
    return null.fetch(key)


def remember(key):
    auditor = ListAuditor()
    auditor.record(key)
    audited(auditor, key)
    return auditor
