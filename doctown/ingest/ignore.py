"""The rules of nested .gitignore files, given as text per folder: what git would not have tracked in a plain folder.

As in git, the deepest file that says anything about a name decides, in it the last rule, and nothing below an ignored
folder can be taken back: whoever walks must not enter one. A hostile file must not cost hours, so that absurd patterns
are passed over.
"""

import re
from collections.abc import Mapping

from pathspec import GitIgnoreSpec, RegexPattern

MAX_RULES_BYTES = 500_000
"""Longer .gitignore files are nobody's; those who read them stop there."""
_MAX_RULES = 5_000  # in one file
_MAX_RULE_LENGTH = 500  # characters
_MAX_STARS = 4  # in one rule: matching takes time to that power


class Ignore:
    """Rules by folder. `rules` maps a folder ("" for the root) to the text of its .gitignore; `below` adds more."""

    def __init__(self, rules: Mapping[str, str] | None = None) -> None:
        self._patterns: dict[str, tuple[RegexPattern, ...]] = {}
        for folder, text in (rules or {}).items():
            self.add(folder, text)

    def add(self, folder: str, text: str) -> None:
        """The rules in `text` hold from now on for what lies below `folder`."""
        lines = [line for line in text.splitlines()[:_MAX_RULES] if _is_bearable(line)]
        patterns = GitIgnoreSpec.from_lines(_accepted(lines)).patterns
        self._patterns[folder] = tuple(one for one in patterns if isinstance(one, RegexPattern) and one.regex)

    def ignores(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether a rule ignores `path` (POSIX, relative to the root), its parents being not ignored."""
        return bool(self.verdict(path, is_folder=is_folder))

    def verdict(self, path: str, *, is_folder: bool = False) -> bool | None:
        """True: ignored; False: taken back by a rule with `!`; None: no rule says anything."""
        name = path + "/" if is_folder else path
        folder = path.rpartition("/")[0]
        while True:
            inner = name[len(folder) + 1 :] if folder else name
            for pattern in reversed(self._patterns.get(folder, ())):
                if _names(pattern, inner):
                    return pattern.include
            if not folder:
                return None
            folder = folder.rpartition("/")[0]


def _names(pattern: RegexPattern, name: str) -> bool:
    """Whether `pattern` means `name` itself, and not only a folder around it, of which the library says the same.

    The folders around it were judged before; a later rule may have taken one back without taking back what is in it.
    """
    assert pattern.regex is not None
    for match in pattern.regex.finditer(name):
        of_folder = match.groupdict().get("ps_d")
        if of_folder is None or match.end("ps_d") == len(name):
            return True
    return False


def _is_bearable(line: str) -> bool:
    return len(line) <= _MAX_RULE_LENGTH and len(re.findall(r"\*+", line)) <= _MAX_STARS


def _accepted(lines: list[str]) -> list[str]:
    """`lines` without those that are no patterns at all: git passes them over, the library raises."""
    try:
        GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return [line for line in lines if _is_pattern(line)]
    return lines


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
