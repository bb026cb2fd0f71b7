"""Use whatever is given."""

import shutil
import threading

from cache.stores import Shelf


def names_of_builtins(things, key):
    things.append(key)
    found = dict(enumerate(things)).get(0)
    for name, _ in {key: found}.items():
        key = ", ".join([name])
    return key.format(found)


def unknown_get(thing, key):
    return thing.get(key)


def unknown_close(thing):
    thing.close()
    return thing.read()


def unknown_sync(thing):
    return thing.sync()


def unknown_but_unique(thing):
    return thing.evict_oldest()


def known():
    shelf = Shelf()
    shelf.append("row")
    shelf.join(shelf)
    shelf.close()
    return shelf.get(0), shelf.items()


def wait():
    thread = threading.Thread(target=known)
    thread.start()
    thread.join()
    return shutil.which("sh")


def local_dict(key):
    rows = {}
    rows.update({key: 1})
    return rows.get(key), rows.items()


def from_file(path):
    with open(path) as file:
        text = file.read()
    return text.join("ab")


def callback_of_caller(evict_oldest):
    return evict_oldest()
