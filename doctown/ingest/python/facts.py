"""The facts of a Python file: which names come to stand for what, what is called, imported and derived from, where.

The order: definitions, because everything else lies in one; then names; then sites. Which nodes are looked at is said
in `queries/python.scm`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace
from tree_sitter import Node

from doctown.ingest.facts import (
    MODULE,
    Annotated,
    Arm,
    Attribute,
    Binding,
    Defined,
    Definition,
    Expression,
    FileFacts,
    Imported,
    Own,
    Reference,
    Site,
    Unknown,
)
from doctown.ingest.python import definitions as define
from doctown.ingest.python.definitions import CLASSES, last_names
from doctown.ingest.python.expressions import (
    aliased_by,
    annotation_of,
    elements_of,
    expression_of,
    named,
    targets_of,
    text_of,
)
from doctown.ingest.python.patterns import captured, is_main_guard, makes_type, parameter_of, strings_of
from doctown.ingest.syntax import Nesting, captures, parsed

_OF_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
_MAX_RETURNED = 8
_DEEPEST = 100
"""Definitions within each other. What is deeper belongs to the last: nobody has written it by hand."""


def facts_of(path: str, data: bytes) -> FileFacts:
    """The facts of the Python file at `path` whose bytes are `data`. Raises DoesNotParse."""
    return facts_in(path, data, parsed("python", data))


def facts_in(path: str, data: bytes, root: Node) -> FileFacts:
    """The same, of the tree `root` that `data` was parsed into."""
    return _Reader(path, data, root).facts()


class _Reader:
    """One reading of one file."""

    def __init__(self, path: str, data: bytes, root: Node) -> None:
        self.path, self.data = path, data
        self.found = captures("python", root)
        self.definitions: list[Definition] = []
        self.scopes: list[define.Scope] = []
        self.bindings: list[Binding] = []
        self.attributes: list[Attribute] = []
        self.references: list[Reference] = []
        self.star_imports: list[Imported] = []
        self.exported: tuple[str, ...] | None = None
        self.elsewhere: dict[tuple[int, str], int] = {}
        """(scope, name) -> the scope that `global` or `nonlocal` says the name is in."""
        self.variables: dict[tuple[int, str], int] = {}
        self.owns: dict[int, str] = {}
        """For each method the name of its first parameter."""
        self.lambdas: dict[int, int] = {}
        """Where a lambda starts -> the index of its definition."""
        self._define(root)
        arms = self.found.get("arm", [])
        self._arms = Nesting((arm.start_byte, arm.end_byte) for arm in arms)
        self._arm_of = [_arm(arm) for arm in arms]
        self._arms_kept: dict[tuple[int | None, int], int] = {}
        self._arms_listed: dict[tuple[Arm, ...], int] = {(): 0}
        comprehensions = [(node.start_byte, node.end_byte) for node in self.found.get("comprehension", [])]
        self._comprehensions, self._extents = Nesting(comprehensions), comprehensions

    def facts(self) -> FileFacts:
        """Everything, in the order of the text."""
        self._returns()
        self._declared_elsewhere()
        self._parameters()
        self._assignments()
        self._loops_and_aliases()
        self._imports()
        self._sites()
        self._entry_points()
        self.bindings.sort(key=lambda binding: (binding.scope, binding.at))
        self.references.sort(key=lambda site: (site.start_byte, site.kind))
        return FileFacts(
            self.path,
            "python",
            tuple(self.definitions),
            tuple(self.bindings),
            tuple(self.attributes),
            tuple(self.references),
            tuple((scope, name, other) for (scope, name), other in self.elsewhere.items()),
            tuple(self.star_imports),
            self.exported,
            arms=tuple(self._arms_listed),
        )

    # Definitions

    def _define(self, root: Node) -> None:
        name = _module_name(self.path)
        size = len(self.data)
        lines = max(1, self.data.count(b"\n") + (not self.data.endswith(b"\n")))
        doc = define.docstring_of(root)
        roles = ("test",) if define.is_test_file(self.path) else ()
        self.definitions.append(Definition("module", name, None, 1, lines, 0, size, doc=doc, roles=roles))
        self.scopes.append(define.Scope(root, (0, size + 1)))
        nodes = [*self.found.get("class", []), *self.found.get("function", []), *self.found.get("lambda", [])]
        nodes = _not_too_deep(sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)))
        bodies = [define.scope_of(node) for node in nodes]
        self._nesting = Nesting(scope.body for scope in bodies)
        lambdas: Counter[int] = Counter()
        for at, node in enumerate(nodes):
            parent = self._scope_at(node.start_byte)
            if node.type == "class_definition":
                found = define.class_of(node, parent, self.path, self.data)
            elif node.type == "lambda":
                lambdas[parent] += 1
                self.lambdas[node.start_byte] = at + 1
                found = define.lambda_of(node, parent, lambdas[parent], self.data)
            else:
                in_class = self.definitions[parent].kind in CLASSES
                found = define.function_of(node, parent, in_class, self.path, self.data)
            self.definitions.append(found)
            self.scopes.append(bodies[at])

    def _scope_at(self, byte: int) -> int:
        found = self._nesting.innermost(byte)
        return MODULE if found is None else found + 1

    def _returns(self) -> None:
        returned: dict[int, list[Expression]] = {}
        generators: set[int] = set()
        for node in self.found.get("returned", []):
            returned.setdefault(self._scope_at(node.start_byte), []).append(expression_of(node))
        for node in self.found.get("yielded", []):
            scope = self._scope_at(node.start_byte)
            if scope not in generators:
                returned[scope] = []
            generators.add(scope)
            returned[scope].append(expression_of(node))
        for scope, found in returned.items():
            if self.definitions[scope].kind not in CLASSES | {"module"}:
                self.definitions[scope] = replace(
                    self.definitions[scope], returned=tuple(found[:_MAX_RETURNED]), is_generator=scope in generators
                )

    # Names

    def _declared_elsewhere(self) -> None:
        for node in self.found.get("global", []):
            for name in named(node):
                self.elsewhere[self._scope_at(node.start_byte), text_of(name)] = MODULE
        for node in self.found.get("nonlocal", []):
            scope = self._scope_at(node.start_byte)
            outer = self.definitions[scope].parent
            while outer is not None and self.definitions[outer].kind in CLASSES:
                outer = self.definitions[outer].parent
            for name in named(node):
                self.elsewhere[scope, text_of(name)] = outer or MODULE

    def _bind(
        self,
        name: str,
        node: Node,
        value: Expression | Imported | Defined,
        *,
        scope: int | None = None,
        read_in: int | None = None,
        symbol: int | None = None,
        at: int | None = None,
    ) -> None:
        """From byte `at` on (without it, from the node on) `name` stands for `value`."""
        inside = self._scope_at(node.start_byte) if scope is None else scope
        target, nth = inside, 0
        while (target, name) in self.elsewhere and nth < 50:
            target, nth = self.elsewhere[target, name], nth + 1
        extent = None
        if node.type != "named_expression":
            around = self._comprehensions.innermost(node.start_byte)
            if around is not None and self._extents[around][0] >= self.scopes[inside].body[0] and inside == target:
                extent = self._extents[around] if scope is None else None
        self.bindings.append(
            Binding(
                target,
                name,
                node.start_byte if at is None else at,
                value,
                inside if read_in is None else read_in,
                self._arms_at(node.start_byte, inside) if inside == target else 0,
                extent,
                symbol,
            )
        )

    def _arms_at(self, byte: int, scope: int) -> int:
        """One number for all that lies in the same part: there may be much in many parts within each other."""
        key = (self._arms.innermost(byte), scope)
        if key not in self._arms_kept:
            start = self.scopes[scope].body[0]
            around = [self._arm_of[at] for at in self._arms.all_around(byte)]
            arms = tuple(arm for arm in reversed(around) if arm.statement >= start)
            self._arms_kept[key] = self._arms_listed.setdefault(arms, len(self._arms_listed))
        return self._arms_kept[key]

    def _parameters(self) -> None:
        for scope, of in enumerate(self.definitions[1:], start=1):
            node = self.scopes[scope].node
            if of.kind in CLASSES:
                continue
            assert of.parent is not None
            inside = node.child_by_field_name("parameters")
            for number, parameter in enumerate(named(inside) if inside is not None else []):
                name, value = parameter_of(parameter)
                if name is None:
                    continue
                if number == 0 and self._is_method(of) and isinstance(value, Unknown):
                    is_class = of.name in _OF_CLASS or "classmethod" in last_names(of.decorators)
                    value = Own(of.parent, is_class)
                    self.owns[scope] = text_of(name)
                self._bind(text_of(name), name, value, scope=scope, read_in=of.parent)

    def _is_method(self, of: Definition) -> bool:
        in_class = of.kind in ("method", "constructor")
        return in_class and "staticmethod" not in last_names(of.decorators)

    def _assignments(self) -> None:
        for index, of in enumerate(self.definitions[1:], start=1):
            if not of.name.startswith("<lambda") and self._is_binding(of):
                node = self.scopes[index].node
                assert of.parent is not None
                self._bind(of.name, node, Defined(index), scope=of.parent, symbol=index)
        for node in self.found.get("assignment", []):
            self._assignment(node)
        for node in self.found.get("walrus", []):
            name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if name is not None:
                self._bind(text_of(name), node, expression_of(value), at=node.end_byte)
        for node in self.found.get("alias", []):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            target = next(iter(named(left)), None) if left is not None else None
            if target is not None:
                name_node = target if target.type == "identifier" else next(iter(named(target)), target)
                self._variable(name_node, node, annotation_of(right), "type")

    def _is_binding(self, of: Definition) -> bool:
        """Whether the name stands for this afterwards: not for an accessor of a property, or one of many overloads."""
        last = last_names(of.decorators)
        if last & {"setter", "deleter", "getter"}:
            return False
        return "overload" not in last or self.path.endswith(".pyi")

    def _assignment(self, node: Node) -> None:
        left, right, of_type = (node.child_by_field_name(field) for field in ("left", "right", "type"))
        if left is None:
            return
        whole = expression_of(right) if right is not None else Unknown()
        for target, written in targets_of(left, right, whole):
            value = Annotated(annotation_of(of_type)) if of_type is not None else written
            if target.type == "identifier":
                name = text_of(target)
                if of_type is not None and "TypeAlias" in text_of(of_type):
                    self._variable(target, node, annotation_of(right), "type")
                else:
                    kind = "type" if makes_type(right) else None
                    of_lambda = self.lambdas.get(right.start_byte) if right is not None and target == left else None
                    self._variable(target, node, value if of_lambda is None else Defined(of_lambda), kind)
                if name == "__all__" and self._scope_at(node.start_byte) == MODULE:
                    self.exported = strings_of(right)
            else:
                self._attribute(target, value)

    def _variable(self, target: Node, statement: Node, value: Expression | Defined, kind: str | None) -> None:
        name, scope = text_of(target), self._scope_at(target.start_byte)
        of = self.definitions[scope].kind
        symbol = None
        if of == "module" or of in CLASSES:
            if of in CLASSES:
                kind = kind or "field"
            kind = kind or ("constant" if name.isupper() and len(name) > 1 else "variable")
            symbol = self.variables.get((scope, name))
            if symbol is None and name not in ("_", "__all__", "__slots__"):
                symbol = self.variables[scope, name] = len(self.definitions)
                self.definitions.append(define.variable_of(kind, name, scope, statement, self.data))
        self._bind(name, target, value, symbol=symbol, at=statement.end_byte)

    def _attribute(self, target: Node, value: Expression) -> None:
        """`self.name = value` is remembered; what is assigned to other objects is not."""
        of, name = target.child_by_field_name("object"), target.child_by_field_name("attribute")
        scope = self._scope_at(target.start_byte)
        owner = self.definitions[scope].parent
        if of is None or name is None or of.type != "identifier" or owner is None:
            return
        if self.owns.get(scope) == text_of(of):
            self.attributes.append(Attribute(owner, text_of(name), target.start_byte, value, scope))

    def _loops_and_aliases(self) -> None:
        for node in self.found.get("loop", []):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None:
                self._bind_all(elements_of(left, right), right.end_byte if right is not None else left.end_byte)
        for node in self.found.get("as_target", []):
            target, pattern = next(iter(named(node)), None), node.parent
            if target is not None and pattern is not None:
                self._bind_all(targets_of(target, None, aliased_by(pattern)), node.start_byte)
        for node in self.found.get("case", []):
            for name, value in captured(node):
                self._bind(text_of(name), name, value)

    def _bind_all(self, targets: Iterator[tuple[Node, Expression]], at: int) -> None:
        for target, value in targets:
            if target.type == "identifier":
                self._bind(text_of(target), target, value, at=at)
            else:
                self._attribute(target, value)

    # Sites

    def _imports(self) -> None:
        for node in self.found.get("import", []):
            for part in named(node):
                name = part.child_by_field_name("name") if part.type == "aliased_import" else part
                alias = part.child_by_field_name("alias") if part.type == "aliased_import" else None
                module = "".join(text_of(name or part).split())
                self._site("imports", part, Imported(module, 0))
                if alias is not None:
                    self._bind(text_of(alias), part, Imported(module, 0))
                else:
                    self._bind(module.partition(".")[0], part, Imported(module.partition(".")[0], 0))
        for node in self.found.get("import_from", []):
            self._import_from(node)

    def _import_from(self, node: Node) -> None:
        source = node.child_by_field_name("module_name")
        text = "".join(text_of(source).split()) if source is not None else ""
        module = text.lstrip(".")
        level = len(text) - len(module)
        for part in node.children_by_field_name("name"):
            name = part.child_by_field_name("name") if part.type == "aliased_import" else part
            alias = part.child_by_field_name("alias") if part.type == "aliased_import" else name
            brought = Imported(module, level, text_of(name or part))
            self._site("imports", part, brought)
            self._bind(text_of(alias or part), part, brought)
        if any(child.type == "wildcard_import" for child in node.children):
            self._site("imports", node, Imported(module, level))
            if self._scope_at(node.start_byte) == MODULE:
                self.star_imports.append(Imported(module, level))

    def _site(self, kind: Site, node: Node, of: Expression | Imported, *, scope: int | None = None) -> None:
        inside = self._scope_at(node.start_byte) if scope is None else scope
        self.references.append(Reference(kind, inside, of, node.start_point.row + 1, node.start_byte))

    def _sites(self) -> None:
        for node in self.found.get("call", []):
            self._site("calls", node, expression_of(node.child_by_field_name("function")))
        for node in self.found.get("decorator", []):
            bare = next(iter(named(node)), None)
            if bare is not None and bare.type != "call":
                self._site("calls", bare, expression_of(bare))
        for index, of in enumerate(self.definitions):
            if of.kind in CLASSES:
                for node in define.bases_of(self.scopes[index].node):
                    self._site("inherits", node, define.base_expression(node), scope=index)

    def _entry_points(self) -> None:
        """The module that is run, and the functions of it that are called when it is."""
        module = self.definitions[MODULE]
        guards = [
            node
            for node in self.found.get("arm", [])
            if node.parent is not None and is_main_guard(node.parent) and self._scope_at(node.start_byte) == MODULE
        ]
        is_main = self.path.rpartition("/")[2] == "__main__.py"
        if not guards and not is_main:
            return
        self.definitions[MODULE] = replace(module, roles=(*module.roles, "entry_point"))
        within = Nesting([(node.start_byte, node.end_byte) for node in guards] or [(0, len(self.data))])
        called = {
            getattr(site.of, "name", "")
            for site in self.references
            if site.kind == "calls" and site.scope == MODULE and within.innermost(site.start_byte) is not None
        }
        for index, of in enumerate(self.definitions):
            if of.kind == "function" and of.parent == MODULE and of.name in called:
                self.definitions[index] = replace(of, roles=(*of.roles, "entry_point"))


def _not_too_deep(nodes: Sequence[Node]) -> list[Node]:
    """Those of the definitions, in the order of the text, that do not lie within too many others."""
    nesting = Nesting(define.scope_of(node).body for node in nodes)
    depths: list[int] = []
    for node in nodes:
        around = nesting.innermost(node.start_byte)
        depths.append(0 if around is None else depths[around] + 1)
    return [node for node, depth in zip(nodes, depths, strict=True) if depth < _DEEPEST]


def _module_name(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return folder.rpartition("/")[2] if stem == "__init__" and folder else stem


def _arm(node: Node) -> Arm:
    """The part of a statement that `node` is."""
    statement, kind = node.parent or node, node.type
    if statement.type == "elif_clause" or (statement.type == "block" and kind == "case_clause"):
        statement = statement.parent or statement
    end = max(node.end_byte, node.start_byte + 1)
    # What a loop or the body of a `try` has done is seen in what follows within the same statement.
    is_apart = statement.type in ("if_statement", "match_statement") or kind in ("except_clause", "else_clause")
    return Arm(statement.start_byte, node.start_byte, end, statement.end_byte if is_apart else end)
