"""Which files are indexed: what was asked for, what the repository says, and what its files look like, in this order.

A pattern of `exclude` that matches leaves a file out; with `!` it takes it back, whatever the file looks like. With
patterns of `include` only what they match is taken, and what such a pattern spells out before its first wildcard
counts for nothing when looks are judged, as with `--path`: `vendor/mine/` is taken, a `node_modules` below it is not.
`.gitattributes` may say of a file that it is generated or vendored, or is not. The last two are guessed by `filters`.
Unlike in a .gitignore, a file may be taken back out of a folder that is left out: the deepest that is named decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doctown.ingest import configuration
from doctown.ingest.attributes import GENERATED, VENDORED, Attributes
from doctown.ingest.configuration import Configuration, patterns_of
from doctown.ingest.filters import reason_by_folder, reason_by_path
from doctown.ingest.patterns import Pattern, Patterns, Work, encoded, place_of, spelled_out
from doctown.steps import Limits

INCLUDE, EXCLUDE = "--include", "--exclude"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whether a file is indexed: not, with a `reason`; else, whether its content may still look like it should not."""

    reason: str | None = None
    by_looks: bool = True


class Choice:
    """The choice among the files of one repository. `inside` is the folder that was asked for, "" or ending in "/"."""

    def __init__(
        self,
        include: Sequence[str],
        exclude: Sequence[str],
        inside: str,
        said: Configuration,
        limits: Limits,
        attributes: Attributes,
    ) -> None:
        """`include` and `exclude` were asked for; `said` is what the repository's doctown.toml says.

        Raises BadRequest for a pattern that is none.
        """
        own = configuration.FILE
        included = patterns_of(tuple(include), INCLUDE, INCLUDE) or patterns_of(said.include, own, "include")
        excluded = [*patterns_of(said.exclude, own, "exclude"), *patterns_of(tuple(exclude), EXCLUDE, EXCLUDE)]
        self._included, self._excluded = _List(included), _List(excluded)
        self._inside, self._attributes = inside, attributes
        self.limits = said.narrowed(limits)

    def of(self, path: str, size: int, ignored: Pattern | None = None) -> Chosen:
        """Whether the file at `path` of `size` bytes is indexed; `ignored` is the rule of a .gitignore against it."""
        excluded, included = self._excluded.decides(path), self._included.decides(path)
        if excluded is not None and not excluded.is_negative:
            return Chosen(f"excluded: by {_named(excluded)}")
        if self._included and (included is None or included.is_negative):
            return Chosen(f"not included: by no pattern of {self._included.source}")
        spelled = spelled_out(included) if included is not None else ""
        spelled = spelled if _is_in(path, spelled) else ""
        if excluded is not None or spelled == path:
            return Chosen(reason_by_path(path, size, self.limits, by_folder=False, by_name=False), by_looks=False)
        if ignored is not None and not spelled:
            return Chosen(f"ignored: by {_place(ignored)}")
        return self._by_looks(path, size, max(len(self._inside), len(spelled) + 1 if spelled else 0))

    def _by_looks(self, path: str, size: int, start: int) -> Chosen:
        given = self._attributes.of(path)
        for attribute, what in ((GENERATED, "generated"), (VENDORED, "vendored")):
            if attribute in given and given[attribute].is_true:
                return Chosen(f"{what}: by {_place(given[attribute].by)}")
        is_own = VENDORED in given and given[VENDORED].is_false
        is_written = GENERATED in given and given[GENERATED].is_false
        reason = reason_by_path(path, size, self.limits, start=start, by_folder=not is_own, by_name=not is_written)
        return Chosen(reason, by_looks=not is_written)

    def of_folder(self, path: str, ignored: Pattern | None = None) -> str | None:
        """Why nothing in the folder `path` is indexed, so that it need not be entered; None where something may be."""
        if self._may_hold_named(path):
            return None
        excluded = self._excluded.decides(path, is_folder=True)
        if excluded is not None:
            return None if excluded.is_negative else f"excluded: by {_named(excluded)}"
        if ignored is not None:
            return f"ignored: by {_place(ignored)}"
        return reason_by_folder(path[len(self._inside) :])

    def _may_hold_named(self, folder: str) -> bool:
        """Whether something in `folder` may be named by those who can overrule its looks."""
        named = [*self._excluded.takers(), *self._attributes.takers(VENDORED)]
        if any(not place or _is_in(place, folder) or _is_in(folder, place) for place in named):
            return True
        return any(_is_in(place, folder) for place in self._included.spelled())

    def notes(self) -> Iterator[str]:
        """A sentence for every pattern that was asked for and matched nothing: it may be misspelt."""
        for one in (self._included, self._excluded):
            for pattern in one.unused():
                if pattern.source != configuration.FILE:
                    yield f"{_named(pattern)} matched no file that was looked at."


def _is_in(path: str, place: str) -> bool:
    """Whether `path` is `place` or lies in it."""
    return path == place or path.startswith(place + "/")


def _named(pattern: Pattern) -> str:
    return f"{pattern.source} {pattern.text[:60]}"


def _place(pattern: Pattern) -> str:
    return f"{pattern.source} line {pattern.line} ({pattern.text[:60]})"


class _List:
    """Patterns relative to the root, asked for files and for the folders around them."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = Patterns(patterns, Work())
        self._of_folder: dict[str, Pattern | None] = {"": None}
        self._used: set[Pattern] = set()

    def __bool__(self) -> bool:
        return bool(self._patterns.all)

    @property
    def source(self) -> str:
        """Where the patterns come from."""
        return self._patterns.all[0].source

    def decides(self, path: str, *, is_folder: bool = False) -> Pattern | None:
        """The last pattern that matches `path`, or else the folder around it, and so on; None: there is none."""
        if not self:
            return None
        climbed: list[str] = []
        found: Pattern | None = None
        while path and found is None:
            if is_folder and path in self._of_folder:
                found = self._of_folder[path]
                break
            folder, _, name = path.rpartition("/")
            found = self._patterns.last(encoded(path), encoded(name), is_folder=is_folder)
            if is_folder:
                climbed.append(path)
            path, is_folder = folder, True
        self._of_folder.update(dict.fromkeys(climbed, found))
        if found is not None:
            self._used.add(found)
        return found

    def takers(self) -> list[str]:
        """Where that lies which patterns with `!` take back; "" for one that may match anywhere."""
        return [place_of(pattern) for pattern in self._patterns.all if pattern.is_negative]

    def spelled(self) -> list[str]:
        """What the patterns without `!` spell out."""
        return [spelled for one in self._patterns.all if not one.is_negative and (spelled := spelled_out(one))]

    def unused(self) -> list[Pattern]:
        """Those that decided about nothing."""
        return [pattern for pattern in self._patterns.all if pattern not in self._used]
