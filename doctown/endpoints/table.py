"""A table of a TOML file that is asked for its fields one by one; what is wrong with it is one sentence."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from doctown.errors import InvalidSettings

_NOTHING = object()


class Table:
    """A table of the file that is asked for its fields one by one; a field it may not have is refused at once."""

    def __init__(self, file: str, place: str, found: Any, known: tuple[str, ...]) -> None:
        self.file, self.place = file, place
        if not isinstance(found, dict):
            raise self.error(f"must be a table, with {', '.join(known)}.")
        self._found: Mapping[str, Any] = found
        if unknown := sorted(found.keys() - set(known)):
            raise self.error(f"has {unknown[0]!r:.60}, which means nothing there; it may have {', '.join(known)}.")

    def get(self, name: str) -> Any:
        """The field's value, unchecked; None where it is not given."""
        return self._found.get(name)

    def table(self, name: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
        """The table of that name; without a default it must be there."""
        found = self._found.get(name, default)
        if not isinstance(found, dict):
            raise self.wrong(name, found, "a table")
        return found

    def take(self, name: str, is_right: Callable[[Any], bool], right: str, default: Any = _NOTHING) -> Any:
        """The field's value, or `default`; without one it must be there."""
        if name not in self._found and default is not _NOTHING:
            return default
        value = self._found.get(name)
        if value is None or not is_right(value):
            raise self.wrong(name, value, right)
        return value

    def texts(
        self, name: str, is_right: Callable[[Any], bool] | None = None, right: str = "a list of names"
    ) -> tuple[str, ...]:
        """A list of different texts; empty where it is not given."""
        found = self._found.get(name, [])
        check = is_right or is_text
        if not isinstance(found, list) or not all(check(one) for one in found) or len(set(found)) < len(found):
            raise self.wrong(name, found, f"{right}, each once")
        return tuple(found)

    def error(self, what: str) -> InvalidSettings:
        """What is wrong with the table as a whole."""
        return InvalidSettings(f"{self.file}: {self.place} {what}")

    def wrong(self, name: str, value: Any, right: str) -> InvalidSettings:
        """What is wrong with one field, and what could stand there."""
        told = "missing" if value is None else f"{value!r:.80}"
        return self.error(f"{name} is {told}; it must be {right}.")


def is_text(value: Any) -> bool:
    """Whether it is a text of one line that is not empty."""
    return isinstance(value, str) and 0 < len(value) <= 500 and value.isprintable() and value == value.strip()


def whole(least: int, most: int = 1_000_000) -> Callable[[Any], bool]:
    """A check for whole numbers within bounds; `true` is none."""
    return lambda value: type(value) is int and least <= value <= most


def matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    """A check for texts of a form."""
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None
