"""The facts of a file, from the captures of its language's query. A language overrides what differs.

The captures of a query (`queries/<language>.scm`):

    function method constructor lambda class struct interface enum trait namespace test macro type object
                a definition with names of its own within it; the nodes have the fields `name` and `body`
                (an object is a constant, variable or field that has definitions within it)
    field constant variable
                a definition of one or more names; what they stand for is said by `locals_of`
    local       what makes names stand for something where it stands: `locals_of`
    import      what brings something in: `imports_of`
    call        what is called: `callee_of`
    extent      what names made within it do not outlive
    statement   where a chunk may start: what stands in the bodies of definitions and in blocks
    comment     comments; those right above a definition or a statement belong to it
    attached    what belongs to what is below it, as comments do: attributes

A language asks no node for its parent or its neighbours: in a long list these are found by counting from the first.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from tree_sitter import Node

from doctown.ingest.facts import (
    MODULE,
    Attribute,
    Binding,
    Defined,
    Definition,
    Expression,
    FileFacts,
    Imported,
    Name,
    Reference,
    Site,
)
from doctown.ingest.syntax import Nesting, captures
from doctown.ingest.words import Above, doc_of, one_line, place_of, text_of

CLASSES = frozenset({"class", "struct", "interface", "enum", "trait", "type"})
"""The kinds of definitions whose own names are members: seen through an instance, not from within."""
FUNCTIONS = frozenset({"function", "method", "constructor", "lambda", "test", "macro"})
OBJECTS = frozenset({"constant", "variable", "field"})
"""The kinds of definitions that may have members though they are no types: objects that are written out."""
_SCOPES = (*sorted(CLASSES), *sorted(FUNCTIONS), "namespace", "object")
_NAMES = ("field", "constant", "variable")
_DEEPEST = 100
"""Definitions within each other. What is deeper belongs to the last: nobody has written it by hand."""


@dataclass(frozen=True, slots=True)
class Local:
    """A name that comes to stand for `value`: from byte `at` on, or else from the end of the statement.

    It holds in the node `extent`, or else in the smallest captured extent around it. One that is `assigned` was made
    elsewhere, and may stand for this as well.
    """

    name: Node
    value: Expression
    extent: Node | None = None
    at: int | None = None
    is_assigned: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """What is imported at a node; `name` is what it is called here, None where it is given no name."""

    node: Node
    of: Imported
    name: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A definition that was captured: its kind, its node, and the node of each of its names."""

    kind: str
    node: Node
    name: Node | None


class Reader:
    """One reading of one file."""

    language: ClassVar[str]
    module_runs: ClassVar[bool] = False
    """Whether a module is run like a function: then names in it hold within their extents."""

    def __init__(self, path: str, data: bytes, root: Node) -> None:
        self.path, self.data, self.root = path, data, root
        self.found = captures(self.language, root)
        self.prepare()
        self.above = Above(data, self.found.get("comment", []), self.found.get("attached", []))
        self._extents = [(node.start_byte, node.end_byte) for node in self.found.get("extent", [])]
        self._extent = Nesting(self._extents)
        self.definitions: list[Definition] = []
        self.bindings: list[Binding] = []
        self.attributes: list[Attribute] = []
        self.references: list[Reference] = []
        self.symbols: dict[int, int] = {}
        """Where the name of a field, constant or variable starts -> its definition."""
        self.nodes: list[Node] = [root]
        """The node of each definition."""

    def facts(self) -> FileFacts:
        """Everything, in the order of the text."""
        self._define()
        self._bind_definitions()
        self._bind_locals()
        self._import()
        self._refer()
        self.more()
        self.bindings.sort(key=lambda binding: (binding.scope, binding.at))
        self.references.sort(key=lambda site: (site.start_byte, site.kind))
        return FileFacts(
            self.path,
            self.language,
            tuple(self.definitions),
            tuple(self.bindings),
            tuple(self.attributes),
            tuple(self.references),
            (),
            (),
            None,
            self.namespace(),
        )

    # What differs from language to language

    def prepare(self) -> None:
        """Sort what was captured, where shape alone does not say what it is, and add what lies deeper."""

    def bound_name(self, of: Definition) -> str:
        """The name that a definition is bound by."""
        return of.name

    def kind_of(self, kind: str, node: Node, parent: int) -> str:
        """The kind of symbol, of what was captured as `kind`."""
        return kind

    def names_of(self, node: Node) -> list[Node]:
        """The nodes of the names that a definition gives."""
        return node.children_by_field_name("name")

    def span_of(self, node: Node) -> Node:
        """The node of a definition with all that belongs to it."""
        return node

    def body_of(self, node: Node) -> Node | None:
        """What comes after the signature of a definition."""
        return node.child_by_field_name("body")

    def owner_of(self, node: Node) -> Expression | None:
        """The type that a method is of, where it is not written within it."""
        return None

    def bases_of(self, node: Node) -> list[tuple[Node, Expression]]:
        """What a definition derives from: the sites, and what stands there."""
        return []

    def returns_of(self, node: Node) -> Expression | None:
        """The declared type of what a call of it gives."""
        return None

    def parameters_of(self, node: Node) -> tuple[Expression, ...]:
        """The declared types of what it is given, where what it gives may depend on them."""
        return ()

    def returned_in(self, node: Node) -> tuple[Expression, ...]:
        """What it returns, where no type is declared."""
        return ()

    def stands_for(self, node: Node) -> tuple[Expression | None, bool]:
        """The type that a named type is made of, and whether it is only another name for it."""
        return None, False

    def roles_of(self, kind: str, name: str, parent: int) -> tuple[str, ...]:
        """The roles of a definition; of the module with the kind `module`."""
        return ()

    def name_in(self, node: Node) -> str:
        """The name that the node of a name says."""
        return text_of(node)

    def is_owner(self, kind: str) -> bool:
        """Whether methods may be written apart from a definition of that kind."""
        return kind in CLASSES

    def home_of(self, node: Node) -> int:
        """The definition that a field, constant or variable is of."""
        return self.scope_around(node)

    def bind_within(self, index: int, node: Node) -> None:
        """Bind what a definition brings within itself."""

    def is_doc(self, comment: str) -> bool:
        """Whether a comment right above a definition speaks of it."""
        return True

    def module_doc(self) -> str:
        """What the file says of itself."""
        return ""

    def namespace(self) -> str:
        """What the file says it belongs to."""
        return ""

    def locals_of(self, node: Node) -> Iterator[Local]:
        """What names a captured `local`, `field`, `constant` or `variable` brings."""
        yield from ()

    def imports_of(self, node: Node) -> Iterator[Import]:
        """What a captured `import` brings."""
        yield from ()

    def callee_of(self, node: Node) -> tuple[Node, Expression] | None:
        """What is called by a captured `call`, and the site; None where it is no call."""
        return None

    def more(self) -> None:
        """Whatever else the language has to say."""

    # Definitions

    def _define(self) -> None:
        lines = max(1, self.data.count(b"\n") + (not self.data.endswith(b"\n")))
        stem = self.path.rpartition("/")[2].rpartition(".")[0] or self.path.rpartition("/")[2]
        roles = self.roles_of("module", stem, MODULE)
        module = Definition("module", stem, None, 1, lines, 0, len(self.data), doc=self.module_doc(), roles=roles)
        self.definitions.append(module)
        found = _apart_last(self._scopes_found(), self.owner_of)
        self._nesting = Nesting((self.span_of(one.node).start_byte, one.node.end_byte) for one in found)
        numbers: Counter[int] = Counter()
        for one in found:
            parent = self.scope_around(one.node)
            parent, owner = self._owned(one.node, parent)
            self._append(one, parent, owner, numbers)
        for kind in _NAMES:
            for node in self.found.get(kind, []):
                self._define_names(kind, node)

    def _scopes_found(self) -> list[_Found]:
        found = [
            _Found(kind, node, next(iter(self.names_of(node)), None))
            for kind in _SCOPES
            for node in self.found.get(kind, [])
        ]
        found.sort(key=lambda one: (one.node.start_byte, -one.node.end_byte))
        self._types: dict[tuple[int, str], int] = {}
        return _not_too_deep(found)

    def _owned(self, node: Node, around: int) -> tuple[int, Expression | None]:
        """The parent of what is defined in `around`: a type seen there that owns it, else that, and the owner by name.

        Functions see the types around them.
        """
        owner = self.owner_of(node)
        if not isinstance(owner, Name):
            return around, owner
        seen_from: int | None = around
        while seen_from is not None:
            if (own := self._types.get((seen_from, owner.name))) is not None:
                return own, None
            of = self.definitions[seen_from]
            seen_from = of.parent if of.kind in FUNCTIONS else None
        return around, owner

    def _append(self, one: _Found, parent: int, owner: Expression | None, numbers: Counter[int]) -> None:
        if one.name is None:
            numbers[parent] += 1
        name = f"<lambda{numbers[parent]}>" if one.name is None else self.name_in(one.name)
        kind = "function" if one.kind == "lambda" else self.kind_of(one.kind, one.node, parent)
        span, body = self.span_of(one.node), self.body_of(one.node)
        stands_for, is_alias = self.stands_for(one.node)
        comments = self.above.comments(span.start_byte) if one.name is not None else []
        if self.is_owner(kind):
            self._types.setdefault((parent, name), len(self.definitions))
        self.nodes.append(one.node)
        self.definitions.append(
            Definition(
                kind=kind,
                name=name,
                parent=parent,
                **place_of(span),
                signature=one_line(self.data, span.start_byte, body.start_byte if body is not None else span.end_byte),
                doc=doc_of(comments, self.is_doc),
                roles=self.roles_of(kind, name, parent),
                bases=tuple(base for _, base in self.bases_of(one.node)) if kind in CLASSES else (),
                returns=self.returns_of(one.node) if one.kind in FUNCTIONS else None,
                returned=self.returned_in(one.node) if one.kind in FUNCTIONS else (),
                owner=owner,
                stands_for=stands_for,
                is_alias=is_alias,
                parameters=self.parameters_of(one.node) if one.kind in FUNCTIONS else (),
            )
        )

    def _define_names(self, kind: str, node: Node) -> None:
        span = self.span_of(node)
        parent, owner = self._owned(node, self.home_of(node))
        for name in self.names_of(node):
            if (text := self.name_in(name)) == "_":
                continue
            self.symbols[name.start_byte] = len(self.definitions)
            self.nodes.append(node)
            self.definitions.append(
                Definition(
                    kind=self.kind_of(kind, node, parent),
                    name=text,
                    parent=parent,
                    **place_of(span),
                    signature=one_line(self.data, span.start_byte, span.end_byte, 200),
                    doc=doc_of(self.above.comments(span.start_byte), self.is_doc),
                    roles=self.roles_of(kind, text, parent),
                    owner=owner,
                )
            )

    def scope_at(self, byte: int) -> int:
        """The definition in which that byte lies."""
        found = self._nesting.innermost(byte)
        return MODULE if found is None else found + 1

    def scope_around(self, node: Node) -> int:
        """The definition around `node`, which may be one itself."""
        span = self.span_of(node)
        for found in self._nesting.all_around(span.start_byte):
            around = self.nodes[found + 1] if found + 1 < len(self.nodes) else None
            if around is not None and around.end_byte >= span.end_byte and around != node:
                return found + 1
        return MODULE

    # Names

    def bind(
        self,
        scope: int,
        name: str,
        value: Expression | Imported | Defined,
        at: int = 0,
        *,
        symbol: int | None = None,
        extent: tuple[int, int] | None = None,
    ) -> None:
        """From byte `at` on `name` stands for `value` in `scope`; `symbol` is the definition that this is a site of."""
        self.bindings.append(Binding(scope, name, at, value, scope, 0, extent, symbol))

    def extent_at(self, byte: int, scope: int) -> tuple[int, int] | None:
        """The smallest captured extent around that byte, if it is less than the scope."""
        found = self._extent.innermost(byte)
        node = self.nodes[scope]
        if found is None or (scope != MODULE and self._extents[found][0] < node.start_byte):
            return None
        return self._extents[found]

    def _bind_definitions(self) -> None:
        named = set(self.symbols.values())
        for index, of in enumerate(self.definitions):
            if index and index not in named and not of.name.startswith("<") and of.kind != "test":
                self.bind_definition(index, of)
            self.bind_within(index, self.nodes[index])

    def bind_definition(self, index: int, of: Definition) -> None:
        """Bind the name of a definition where it stands."""
        if of.owner is None:
            assert of.parent is not None
            extent = self.extent_at(of.start_byte, of.parent) if self.runs(of.parent) else None
            at = extent[0] if extent else 0
            self.bind(of.parent, self.bound_name(of), Defined(index), at, symbol=index, extent=extent)

    def runs(self, scope: int) -> bool:
        """Whether names in the scope hold within extents."""
        return self.definitions[scope].kind in FUNCTIONS or (scope == MODULE and self.module_runs)

    def _bind_locals(self) -> None:
        assigned: list[Local] = []
        for kind in ("local", *_NAMES):
            for node in self.found.get(kind, []):
                for local in self.locals_of(node):
                    if local.is_assigned:
                        assigned.append(local)
                    else:
                        self._bind_local(local, node)
        declared: dict[str, list[Binding]] = {}
        for binding in self.bindings if assigned else ():
            declared.setdefault(binding.name, []).append(binding)
        for local in assigned:
            self._assign(local, declared.get(text_of(local.name), []))

    def _assign(self, local: Local, declared: Sequence[Binding]) -> None:
        """The name, where it was declared, stands for this as well."""
        byte = local.name.start_byte
        here: int | None = self.scope_at(byte)
        while here is not None:
            there = [one for one in declared if one.scope == here and _holds(one, byte)]
            if there:
                of = max(there, key=lambda one: (one.extent or (0, 0), one.at))
                read_in = self.scope_at(byte)
                self.bindings.append(Binding(here, of.name, of.at, local.value, read_in, 0, of.extent, None))
                return
            here = self.definitions[here].parent

    def _bind_local(self, local: Local, node: Node) -> None:
        name, symbol = self.name_in(local.name), self.symbols.get(local.name.start_byte)
        if name in ("_", ""):
            return
        of = self.definitions[symbol] if symbol is not None else None
        if of is not None and of.owner is not None:
            return  # a member of a type that is written elsewhere
        scope = self.scope_at(local.name.start_byte) if of is None or of.parent is None else of.parent
        inside = self.runs(scope)
        at = (node.end_byte if local.at is None else local.at) if inside else 0
        if local.extent is not None:
            extent: tuple[int, int] | None = (local.extent.start_byte, local.extent.end_byte)
        else:
            extent = self.extent_at(local.name.start_byte, scope) if inside else None
        self.bind(scope, name, local.value, at, symbol=symbol, extent=extent)

    # Sites

    def _import(self) -> None:
        for node in self.found.get("import", []):
            for one in self.imports_of(node):
                scope = self.scope_at(one.node.start_byte)
                if one.name is not None:
                    self.bind(scope, one.name, one.of)
                self.refer("imports", scope, one.of, one.node)

    def _refer(self) -> None:
        for node in self.found.get("call", []):
            if (called := self.callee_of(node)) is not None:
                self.refer("calls", self.scope_at(node.end_byte - 1), called[1], called[0])
        for index, of in enumerate(self.definitions):
            if of.kind in CLASSES and of.bases:
                for node, base in self.bases_of(self.nodes[index]):
                    self.refer("inherits", index, base, node)

    def refer(self, kind: Site, scope: int, of: Expression | Imported, node: Node) -> None:
        """A site at `node`."""
        self.references.append(Reference(kind, scope, of, node.start_point.row + 1, node.start_byte))


def _holds(binding: Binding, byte: int) -> bool:
    extent = binding.extent
    return binding.at <= byte and (extent is None or extent[0] <= byte < extent[1])


def _not_too_deep(found: Sequence[_Found]) -> list[_Found]:
    """Those, in the order of the text, that lie within at most so many others."""
    kept: list[_Found] = []
    ends: list[int] = []
    for one in found:
        while ends and ends[-1] <= one.node.start_byte:
            ends.pop()
        if len(ends) < _DEEPEST:
            ends.append(one.node.end_byte)
            kept.append(one)
    return kept


def _apart_last(found: Sequence[_Found], owner_of: Callable[[Node], Expression | None]) -> list[_Found]:
    """Methods that are written apart from their type, and what lies within them, after everything else: after it."""
    first: list[_Found] = []
    last: list[_Found] = []
    until = 0
    for one in found:
        if one.node.start_byte >= until and owner_of(one.node) is not None:
            until = one.node.end_byte
        (last if one.node.start_byte < until else first).append(one)
    return first + last
