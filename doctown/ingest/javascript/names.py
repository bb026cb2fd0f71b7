"""Which values of a file are definitions, and what they are called: by what they are bound, assigned or given to.

`const f = () => {}`, `{ f: function () {} }`, `exports.f = ...`, `T.prototype.f = ...`, `describe("f", () => {})`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from tree_sitter import Node

from doctown.ingest.facts import Expression, Member, Name
from doctown.ingest.javascript.expressions import FUNCTIONS, expression_of, key_text, unwrapped
from doctown.ingest.syntax import Nesting
from doctown.ingest.words import named, text_of

_TESTS = frozenset(["describe", "context", "suite", "it", "test", "specify", "bench"])
_NAMED_VALUES = FUNCTIONS | {"class"}
_MOST_WITHIN = 4
_EXPORTS = (Name("exports"), Member(Name("module"), "exports"))


class Names:
    """What the values of a file are called. `found` are its captures."""

    def __init__(self, found: Mapping[str, Sequence[Node]]) -> None:
        self._found = found
        self.names: dict[int, Node] = {}
        """The id of a value's node -> the node of its name."""
        self.spans: dict[int, Node] = {}
        """The id of a definition's node -> the node with all that belongs to it."""
        self.owners: dict[int, Expression] = {}
        """The id of a function's node -> what it is assigned to a member of."""
        self.exported: dict[int, str] = {}
        """The id of a value's node -> the name under which it is exported, where it is bound nowhere else."""
        self.members: dict[int, Node] = {}
        """The id of a value's node -> the object without a name of which it is a member."""
        self.types: dict[int, Node] = {}
        """The id of an object that is a definition -> the type that is declared for it."""
        self.assigned: set[int] = set()
        """The ids of values that are assigned to a name."""
        self.objects: dict[int, str] = {}
        """The id of an object that is a definition -> its kind."""
        self.tests: dict[int, Node] = {}
        """The id of a test's function -> the function."""
        self.prototypes: list[tuple[Expression, Node]] = []
        """Whatever is made to be the prototype of what."""
        self.makers: list[Expression] = []
        """What has a prototype of which something is said."""
        self._of_types: dict[int, Expression] = {}
        """The id of an object that is a prototype -> of what."""
        self._of_exports: set[int] = set()
        """The ids of objects that are all that a file exports."""
        self._filled = {
            text_of(left.child_by_field_name("object"))
            for node in found.get("assignment", ())
            if (left := node.child_by_field_name("left")) is not None
            and left.type == "member_expression"
            and (held := unwrapped(node.child_by_field_name("right"))) is not None
            and held.type in _NAMED_VALUES
        }
        """What functions are assigned to members of."""
        self._spans()
        self._declared()
        for node in found.get("assignment", ()):
            self._assign(node)
        for node in found.get("field", ()):
            self._name(node.child_by_field_name("value"), _name_of_field(node), node)
        for node in found.get("export", ()):
            self._by_default(node)
        for node in found.get("literal", ()):
            self._object(node)
        for node in found.get("titled", ()):
            self._test(node)

    def _spans(self) -> None:
        for node in self._found.get("export", ()):
            declared = node.child_by_field_name("declaration")
            if declared is not None:
                self.spans[declared.id] = node
                if declared.type == "ambient_declaration":
                    self.spans.update((one.id, node) for one in named(declared)[:1])
        for node in self._found.get("ambient", ()):
            for one in named(node)[:1]:
                self.spans.setdefault(one.id, self.spans.get(node.id, node))

    def _declared(self) -> None:
        for group in self._found.get("group", ()):
            declarators = [one for one in named(group) if one.type == "variable_declarator"]
            whole = self.spans.get(group.id, group)
            kind = "constant" if text_of(group.child_by_field_name("kind")) == "const" else "variable"
            for one in declarators:
                if len(declarators) == 1:
                    self.spans[one.id] = whole
                name = one.child_by_field_name("name")
                if name is not None and name.type == "identifier":
                    held = self._name(one.child_by_field_name("value"), name, self.spans.get(one.id, one), kind)
                    of_type = one.child_by_field_name("type")
                    if held is not None and of_type is not None:
                        self.types[held.id] = of_type

    def _name(self, value: Node | None, name: Node | None, span: Node, kind: str = "") -> Node | None:
        """A function or class is called so; an object with definitions within it too, if it is to be of a `kind`."""
        held = unwrapped(value)
        if held is None or name is None or held.id in self.names:
            return None
        is_object = held.type == "object" and kind and (text_of(name) in self._filled or _has_functions(held))
        if held.type not in _NAMED_VALUES and not is_object:
            return None
        if is_object:
            self.objects[held.id] = kind
        self.names[held.id] = name
        self.spans[held.id] = span
        return held

    def _assign(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        if left.type == "identifier":
            if (held := self._name(right, left, node)) is not None:
                self.assigned.add(held.id)
            return
        target = expression_of(left) if left.type == "member_expression" else None
        if not isinstance(target, Member):
            return
        held = unwrapped(right)
        if target in _EXPORTS:
            if held is not None and held.type == "object":
                self._of_exports.add(held.id)
            elif held is not None and held.type in _NAMED_VALUES and not (own := held.child_by_field_name("name")):
                self._name(right, left.child_by_field_name("property"), node)
                self.exported[held.id] = "="
            elif held is not None and held.type in _NAMED_VALUES and own is not None:
                self._name(right, own, node)
                self.exported[held.id] = "="
        elif target.of in _EXPORTS:
            if (held := self._name(right, left.child_by_field_name("property"), node)) is not None:
                self.exported[held.id] = target.name
        elif target.name == "prototype":
            self.makers.append(target.of)
            self.prototypes.append((target.of, right))
            if held is not None and held.type == "object":
                self._of_types[held.id] = target.of
        elif isinstance(target.of, Member) and target.of.name == "prototype":
            self.makers.append(target.of.of)
            self._apart(right, left, node, target.of.of)
        elif isinstance(target.of, Name) and target.of.name not in ("this", "super", "window", "global", "globalThis"):
            self._apart(right, left, node, target.of)

    def _apart(self, right: Node, left: Node, span: Node, owner: Expression) -> None:
        if (held := self._name(right, left.child_by_field_name("property"), span)) is not None:
            self.owners[held.id] = owner

    def _by_default(self, node: Node) -> None:
        value = node.child_by_field_name("value")
        keyword = next((child for child in node.children if child.type == "default"), None)
        if keyword is not None:
            own = None if value is None else value.child_by_field_name("name")
            held = self._name(value, own or keyword, node, "constant")
            if held is not None:
                self.exported[held.id] = "default"

    def _object(self, node: Node) -> None:
        """The functions of an object, and the objects within it if it is a definition itself."""
        is_whole, of_type = node.id in self._of_exports, self._of_types.get(node.id)
        kind = "field" if node.id in self.objects else "constant" if is_whole else ""
        for one in named(node):
            held: Node | None = one
            name = one.child_by_field_name("name")
            if one.type == "pair":
                name = one.child_by_field_name("key")
                if name is None or name.type == "computed_property_name":
                    continue
                held = self._name(one.child_by_field_name("value"), name, one, kind)
            elif one.type != "method_definition":
                continue
            if held is None:
                continue
            if of_type is not None:
                self.owners[held.id] = of_type
            elif is_whole:
                self.exported[held.id] = key_text(name)
            elif node.id not in self.objects:
                self.members[held.id] = node

    def derived(self, calls: Sequence[Node]) -> Iterator[tuple[Expression, Node, Expression]]:
        """Which functions derive from which, by their prototypes: the one, the site, and the other."""
        for of, node in self.prototypes:
            base = _prototype_in(node)
            if base is not None:
                yield of, node, base
        for node in calls:
            given = named(node.child_by_field_name("arguments"))
            function = text_of(node.child_by_field_name("function"))[:30]
            if len(given) == 2 and function in ("util.inherits", "inherits"):
                yield expression_of(given[0]), given[1], expression_of(given[1])
            elif len(given) == 2 and function == "Object.setPrototypeOf":
                of_it, base = expression_of(given[0]), expression_of(given[1])
                if isinstance(of_it, Member) and isinstance(base, Member) and of_it.name == base.name == "prototype":
                    yield of_it.of, given[1], base.of

    def _test(self, call: Node) -> None:
        function, given = call.child_by_field_name("function"), named(call.child_by_field_name("arguments"))
        callback = next((one for one in given[1:3] if one.type in FUNCTIONS), None)
        if callback is not None and _called_first(function) in _TESTS and callback.id not in self.names:
            self.names[callback.id], self.spans[callback.id] = given[0], call
            self.tests[callback.id] = callback


def _prototype_in(node: Node) -> Expression | None:
    """The `T` of `Object.create(T.prototype)` and of `new T()`."""
    if node.type == "new_expression":
        return expression_of(node.child_by_field_name("constructor"))
    given = named(node.child_by_field_name("arguments")) if node.type == "call_expression" else []
    if not given or text_of(node.child_by_field_name("function"))[:30] != "Object.create":
        return None
    of = expression_of(given[0])
    return of.of if isinstance(of, Member) and of.name == "prototype" else None


def _called_first(function: Node | None) -> str:
    """The name that `name`, `name.only` and `name.each(...)` begin with."""
    for _ in range(_MOST_WITHIN):
        if function is None or function.type == "identifier":
            break
        function = function.child_by_field_name("object") or function.child_by_field_name("function")
    return text_of(function) if function is not None and function.type == "identifier" else ""


def _name_of_field(node: Node) -> Node | None:
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    return None if name is None or name.type == "computed_property_name" else name


def _has_functions(node: Node, depth: int = 0) -> bool:
    """Whether there is a function or a class among the members of an object or of those within it."""
    for one in named(node) if depth < _MOST_WITHIN else ():
        held = unwrapped(one.child_by_field_name("value")) if one.type == "pair" else None
        if one.type == "method_definition" or (held is not None and held.type in _NAMED_VALUES):
            return True
        if held is not None and held.type == "object" and _has_functions(held, depth + 1):
            return True
    return False


def without_overloads(
    found: Sequence[Node], bodies: Sequence[Node], name_of: Callable[[Node], str]
) -> tuple[list[Node], dict[int, list[Node]]]:
    """Of the functions of one name in one body those that are written out, or else the first.

    And for each of those that are kept (by its node's id) the signatures that were left out for it.
    """
    nesting = Nesting((node.start_byte, node.end_byte) for node in bodies)
    groups: dict[tuple[int | None, str], list[Node]] = {}
    for node in found:
        groups.setdefault((nesting.innermost(node.start_byte), name_of(node)), []).append(node)
    kept: list[Node] = []
    others: dict[int, list[Node]] = {}
    for nodes in groups.values():
        signatures = [one for one in nodes if one.type.endswith("signature")]
        own = [one for one in nodes if not one.type.endswith("signature")] or signatures[:1]
        kept += own
        if len(own) == 1 and len(nodes) > 1:
            others[own[0].id] = signatures
    return sorted(kept, key=lambda node: node.start_byte), others
