"""What is particular to Rust in resolution: paths, what they start with, macros, and what its own library gives."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from doctown.ingest import rules
from doctown.ingest.facts import MODULE, Defined, Expression, Imported, Member, Name, ProjectFile
from doctown.ingest.plain.language import Caller, Language, things
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.values import At, Found, Outside, OutsideInstance, Space, Value
from doctown.ingest.rust import standard
from doctown.ingest.rust.crates import Crates

_MADE = re.compile(r"[A-Z](?![A-Z0-9_]+$)")


class Rust(Language):
    """Rust's modules: files and what is written within them, in crates."""

    languages: ClassVar[frozenset[str]] = frozenset({"rust"})
    closed: ClassVar[frozenset[str]] = frozenset({"namespace"})
    types_are_called: ClassVar[bool] = False
    collections: ClassVar[Mapping[str, str]] = {"list": "std.vec.Vec"}
    gives_element: ClassVar[frozenset[str]] = standard.GIVES_ELEMENT
    gives_itself: ClassVar[frozenset[str]] = standard.GIVES_ITSELF
    gives_same: ClassVar[frozenset[str]] = standard.GIVES_SAME
    awaited: ClassVar[str] = "Output"
    delegates: ClassVar[tuple[str, ...]] = ("deref",)
    iterates: ClassVar[tuple[str, ...]] = ("next", "into_iter")
    widened: ClassVar[Mapping[str, str]] = standard.WIDENED
    common_methods: ClassVar[frozenset[str]] = standard.COMMON_METHODS

    def __init__(self, tables: Tables, project_files: Sequence[ProjectFile]) -> None:
        super().__init__(tables, project_files)
        self._crates = Crates(tables, project_files)
        self._macros: dict[str, list[At]] = {}
        for number, file in enumerate(tables.files):
            for index, of in enumerate(file.definitions):
                if of.kind == "macro":
                    self._macros.setdefault(of.name, []).append((number, index))

    # Paths

    def imported(self, file: int, scope: int, of: Imported) -> Sequence[Value]:
        """What the path of a `use` starts with; the file of a `mod`."""
        return self._start(file, scope, of)[0]

    def path_of(self, file: int, scope: int, of: Imported) -> Sequence[str]:
        """The rest of the path."""
        return self._start(file, scope, of)[1]

    def _start(self, file: int, scope: int, of: Imported) -> tuple[Sequence[Value], Sequence[str]]:
        if of.level == -1:
            child = self._crates.child(self._tables_module(file, scope), of.module)
            return ([Space((child,))] if child is not None else []), ()
        absolute, words = of.module.startswith("::"), of.module.removeprefix("::").split("::")
        head, rest = words[0], words[1:]
        if not absolute and head in ("crate", "$crate", "self", "super"):
            at: At | None = self._tables_module(file, scope) if head in ("self", "super") else self._crates.root(file)
            ups = 1 if head == "super" else 0
            while rest and rest[0] == "super":
                rest, ups = rest[1:], ups + 1
            for _ in range(ups):
                at = self._crates.parent(at) if at is not None else None
            return ([Space((at,))] if at is not None else []), rest
        if not absolute and (around := self._binding(file, scope, head, of)) is not None:
            return [Space((around,))], words
        return self._crate(file, head, at_least_outside=True), rest

    def _tables_module(self, file: int, scope: int) -> At:
        return self.tables.module_around(file, scope)

    def _binding(self, file: int, scope: int, name: str, of: Imported) -> At | None:
        """The scope around that binds the name, otherwise than by this import; or else the root of an older crate."""
        for around in (*self.tables.scopes_around(file, scope), self._crates.root(file)):
            bound = (one.value for one in self.tables.bound(around, name))
            if any(isinstance(one, Imported | Defined) and one != of for one in bound):
                return around
        return None

    def _crate(self, file: int, name: str, *, at_least_outside: bool) -> Sequence[Value]:
        if (root := self._crates.crate(file, name)) is not None:
            return [Space((root,))]
        if name in standard.CRATES:
            return [Outside("std" if name in ("core", "alloc") else name)]
        return [Outside(name)] if at_least_outside or self._crates.is_outside(file, name) else []

    def unbound(self, file: int, scope: int, name: str) -> Sequence[Found]:
        """What a path may start with, and what Rust itself names."""
        if name.endswith("!"):
            return self._macro(file, name[:-1])
        if name in ("crate", "$crate", "self::") or name.startswith("super"):
            found = self._start(file, scope, Imported(name.removesuffix("::"), 0))[0]
            return [Found(one, rules.OWN_SCOPE) for one in found]
        name = name.removesuffix("::")
        if name.startswith("::"):
            return [Found(one, rules.IMPORT) for one in self._crate(file, name[2:], at_least_outside=True)]
        if name in standard.PRELUDE:
            return [Found(Outside(standard.PRELUDE[name]), rules.BUILTIN)]
        if name in standard.PRIMITIVES:
            return [Found(Outside(f"std.{name}"), rules.BUILTIN)]
        return [Found(one, rules.IMPORT) for one in self._crate(file, name, at_least_outside=False)]

    def _macro(self, file: int, path: str) -> Sequence[Found]:
        """A macro by its name: of the file, of its crate, of another crate; Rust's own."""
        head, _, name = path.rpartition("::")
        known = self._macros.get(name, ())
        own = [at for at in known if at[0] == file]
        root = self._crates.root(file)
        crate = [at for at in known if self._crates.root(at[0]) == root]
        is_own = head.startswith(("crate", "$crate", "self", "super"))
        if head and not is_own and (other := self._crates.crate(file, head.split("::")[0])) is not None:
            return things([at for at in known if self._crates.root(at[0]) == other], rules.IMPORT)
        if not head or is_own:
            if own or crate:
                return things(own or crate, rules.OWN_SCOPE)
            if name in standard.MACROS:
                return [Found(Outside(f"std.{name}"), rules.BUILTIN)]
            return things(known, rules.IMPORT) if len(known) == 1 else []
        return [Found(Outside(f"{head}::{name}".replace("::", ".")), rules.IMPORT)]

    # Types

    def outside_instances(self, of: Outside, arguments: Sequence[tuple[Value, ...]]) -> Sequence[Value]:
        """What is of an outside type."""
        return standard.instances_of(of, arguments)

    def outside_result(
        self, of: Outside | OutsideInstance, name: str, given: Sequence[Sequence[Value]], called: Caller
    ) -> Sequence[Value] | None:
        """What functions and methods of Rust's own library give."""
        return standard.result_of(of, name, given, called)

    def outside_elements(self, of: OutsideInstance) -> Sequence[Value]:
        """Of a map both keys and values."""
        return standard.elements_of(of)

    def makes(self, callee: Expression) -> bool:
        """By its name: structs and variants start with a capital letter, functions do not."""
        return isinstance(callee, Name | Member) and _MADE.match(callee.name) is not None

    def modules_of(self, file: int, space: Space) -> Sequence[At]:
        """The module."""
        return [at for at in space.scopes if at[1] >= MODULE]
