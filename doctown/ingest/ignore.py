"""The rules of nested .gitignore files and of .git/info/exclude: what git would not have tracked in a plain folder.

As in git, the deepest file that says anything about a name decides, in it the last rule, and nothing below an ignored
folder can be taken back: whoever walks must not enter one. The patterns themselves are in `patterns`.
"""

from collections.abc import Mapping

from doctown.ingest.patterns import Pattern, Patterns, Work, encoded, patterns_in

IGNORE_FILE = ".gitignore"


class Ignore:
    """Rules by folder. `rules` maps a folder ("" for the root) to the bytes of its .gitignore; `add` adds more."""

    def __init__(self, rules: Mapping[str, bytes] | None = None, work: Work | None = None) -> None:
        self._work = work or Work()
        self._lists: dict[bytes, Patterns] = {}
        self._excluded: Patterns | None = None
        for folder, data in (rules or {}).items():
            self.add(folder, data)

    def add(self, folder: str, data: bytes) -> None:
        """The rules of the file `data` hold from now on for what lies below `folder`. Raises LimitExceeded."""
        source = f"{folder}/{IGNORE_FILE}" if folder else IGNORE_FILE
        self._lists[encoded(folder)] = Patterns(patterns_in(data, source), self._work)

    def add_exclude(self, data: bytes, source: str = ".git/info/exclude") -> None:
        """The rules of the file `data` hold where no .gitignore says anything. Raises LimitExceeded."""
        self._excluded = Patterns(patterns_in(data, source), self._work)

    def ignores(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether a rule ignores `path` (POSIX, relative to the root), its parents being not ignored."""
        rule = self.rule(path, is_folder=is_folder)
        return rule is not None and not rule.is_negative

    def rule(self, path: str, *, is_folder: bool = False) -> Pattern | None:
        """The rule that decides about `path`; one that is negative takes it back. None: no rule says anything."""
        if not self._lists and self._excluded is None:
            return None
        whole = encoded(path)
        folder, _, name = whole.rpartition(b"/")
        while True:
            if (rules := self._lists.get(folder)) is not None:
                inner = whole[len(folder) + 1 :] if folder else whole
                if (found := rules.last(inner, name, is_folder=is_folder)) is not None:
                    return found
            if not folder:
                break
            folder = folder.rpartition(b"/")[0]
        return None if self._excluded is None else self._excluded.last(whole, name, is_folder=is_folder)
