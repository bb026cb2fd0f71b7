"""The facts of a JavaScript or TypeScript file: what names stand for in one, and who calls what.

What it defines is left to `definitions`.

A name holds in its block from its start on: whoever is called later sees it, wherever it is written.
"""

from collections.abc import Iterator

from msgspec.structs import replace
from tree_sitter import Node

from doctown.ingest.facts import (
    EXPORTS,
    MODULE,
    Annotated,
    Anonymous,
    Attribute,
    Binding,
    Called,
    Definition,
    Element,
    Expression,
    Imported,
    Name,
    Own,
    Receiver,
    Record,
    Site,
    There,
    TypeParameter,
    Unknown,
    Value,
)
from doctown.ingest.javascript.definitions import DefinitionReader
from doctown.ingest.javascript.exports import WHOLE, Exports, imports_of, is_require, required_by
from doctown.ingest.javascript.expressions import (
    FUNCTIONS as FUNCTION_VALUES,
)
from doctown.ingest.javascript.expressions import (
    accessor,
    expression_of,
    members_of,
    paired,
    unwrapped,
)
from doctown.ingest.javascript.narrowing import exits, narrowed_after, narrowed_in
from doctown.ingest.javascript.parameters import parameters_of
from doctown.ingest.javascript.types import import_name, specifier_in, type_of
from doctown.ingest.plain.reader import CLASSES, FUNCTIONS, OBJECTS, Import, Local
from doctown.ingest.words import named, text_of


class JavaScriptReader(DefinitionReader):
    """One reading of one file; `language` is that of its grammar."""

    language = "javascript"
    module_runs = True

    def bind_definition(self, index: int, of: Definition) -> None:
        """Where it is bound, if it is: a member of an object, or of what is exported, is not."""
        node, names = self.nodes[index], self.names
        if node.id in names.owners:
            self._bind_apart(index, of)
        elif node.id in names.exported or node.id in names.members or node.id in names.assigned:
            return
        elif node.type in (*FUNCTION_VALUES, "class") and node.id not in names.names:
            self.bind(index, of.name, Own(index, True), symbol=index)
        elif (of_type := names.types.get(node.id)) is not None and node.type == "object":
            self.bind(of.parent or MODULE, of.name, Annotated(type_of(of_type)), symbol=index)
        elif kind := accessor(node):
            if kind == "get":
                self.bind(of.parent or MODULE, of.name, Called(Anonymous(of.start_byte)), symbol=index)
        elif node.type != "module" or not of.name:
            super().bind_definition(index, of)

    def _bind_apart(self, index: int, of: Definition) -> None:
        if of.owner is None and of.parent is not None:
            if self.definitions[of.parent].kind in FUNCTIONS:
                self.attributes.append(Attribute(of.parent, of.name, 0, self._itself(index), MODULE))
            else:
                super().bind_definition(index, of)

    def _itself(self, index: int) -> Expression:
        of = self.definitions[index]
        return Anonymous(of.start_byte) if of.kind in FUNCTIONS else Own(index, True)

    def bind_within(self, index: int, node: Node) -> None:
        """Parameters, and what `this` and `super` are."""
        kind = self.definitions[index].kind
        if kind in CLASSES and index:
            self.bind(index, "this", Own(index, False))
            if (base := self._base_of(node)) is not None:
                self.bind(index, "super", Receiver(base, True))
        elif kind in OBJECTS and node.type == "object":
            self.bind(index, "this", Own(index, True))
        elif kind in FUNCTIONS:
            self._bind_parameters(index, node)
            self._bind_this(index, node)

    def _base_of(self, node: Node) -> Expression | None:
        heritage = [one for one in named(node) if one.type == "class_heritage"]
        first = next((one for clause in heritage for one in named(clause)), None)
        if first is None or first.type == "implements_clause":
            return None
        return expression_of(first.child_by_field_name("value") if first.type == "extends_clause" else first)

    def _bind_parameters(self, index: int, node: Node) -> None:
        documented = self._documented(self.span_of(node)).parameters
        for one in parameters_of(node, documented, self.callbacks):
            for name, value in paired(one.pattern, one.value):
                self.bind(index, text_of(name), value)
            if one.pattern.type == "this":
                self.bind(index, "this", one.value)
            symbol = self.symbols.get(one.pattern.start_byte)
            if symbol is not None:
                owner = self.definitions[symbol].parent or MODULE
                self.bind(owner, text_of(one.pattern), one.value, symbol=symbol)
                self._typed.add((owner, text_of(one.pattern)))

    def _bind_this(self, index: int, node: Node) -> None:
        of, names = self.definitions[index], self.names
        parent = of.parent or MODULE
        is_in_class = self.definitions[parent].kind in CLASSES
        if is_in_class and any(child.type == "static" for child in (*node.children, *self.span_of(node).children)):
            self.bind(index, "this", Own(parent, True))
            if (base := self._base_of(self.nodes[parent])) is not None:
                self.bind(index, "super", base)
        elif node.type == "arrow_function" or is_in_class:
            return  # as it is around it
        elif node.id in names.owners:
            own = self.definitions[parent]
            value: Expression = Own(parent, own.kind in OBJECTS) if of.owner is None else Receiver(of.owner)
            self.bind(index, "this", value)
        elif node.id in names.members:
            self.bind(index, "this", Record(tuple(members_of(names.members[node.id]))))
        elif node.id in names.exported:
            self.bind(index, "this", Name("exports"))
        elif self.definitions[parent].kind not in OBJECTS:
            self.bind(index, "this", Own(index, False))

    def locals_of(self, node: Node) -> Iterator[Local]:
        """What a declaration, a loop, an assignment or a condition brings."""
        match node.type:
            case "variable_declarator":
                yield from self._declared(node)
            case "public_field_definition" | "field_definition" | "property_signature":
                yield from self._field(node)
            case "property_identifier" | "enum_assignment":
                yield from (Local(name, Unknown(), at=0) for name in self.names_of(node))
            case "assignment_expression" | "augmented_assignment_expression":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is not None and left.type == "identifier":
                    held = unwrapped(right)
                    is_function = held is not None and held.id in self.names.assigned
                    start = node.start_byte
                    yield Local(
                        left, Anonymous(start) if is_function else There(expression_of(right), start), is_assigned=True
                    )
            case "for_in_statement":
                over: Expression = Element(expression_of(node.child_by_field_name("right")))
                if text_of(node.child_by_field_name("operator")) == "in":
                    over = Value("String")
                for name, value in paired(node.child_by_field_name("left"), There(over, node.start_byte)):
                    yield Local(name, value, node, node.start_byte)
            case "catch_clause":
                for name, value in paired(node.child_by_field_name("parameter"), Unknown()):
                    yield Local(name, value, node, node.start_byte)
            case "import_alias":
                parts = named(node)
                yield Local(parts[0], expression_of(parts[-1]), at=0)
            case "if_statement" | "ternary_expression" | "binary_expression":
                for name, value, where in narrowed_in(node):
                    yield Local(name, value, where, where.start_byte)

    def _declared(self, node: Node) -> Iterator[Local]:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        held = unwrapped(value)
        if name is None or (held is not None and self.names.names.get(held.id) == name):
            return
        of_type = node.child_by_field_name("type")
        if of_type is not None:
            given: Expression = Annotated(type_of(of_type))
        elif (documented := self._documented(self.span_of(node)).type) is not None:
            given = Annotated(documented)
        else:
            given = There(expression_of(value), node.start_byte) if value is not None else Unknown()
        around = self.nodes[self.scope_at(node.start_byte)] if node.id in self._vars else None
        for one, part in paired(name, given):
            yield Local(one, part, around, 0 if around is None else around.start_byte)

    def _field(self, node: Node) -> Iterator[Local]:
        of_type, value = node.child_by_field_name("type"), node.child_by_field_name("value")
        documented = self._documented(node).type if of_type is None else None
        given: Expression = expression_of(value) if value is not None else Unknown()
        if of_type is not None or documented is not None:
            given = Annotated(documented or type_of(of_type))
        for name in self.names_of(node):
            if isinstance(given, Annotated):
                self._typed.add((self.home_of(node), self.name_in(name)))
            yield Local(name, given, at=0)

    def more(self) -> None:
        """Type parameters, what is assigned to members, what others see, and what conditions leave over."""
        for node in self.found.get("parameters", []):
            self._type_parameters(node)
        for node in self.found.get("assignment", []):
            self._attribute(node)
        self._make_types()
        self._export()
        for node in self.found.get("local", []):
            if node.type == "if_statement" and exits(node.child_by_field_name("consequence")):
                self._bind_after(node)

    def _type_parameters(self, node: Node) -> None:
        scope = self.scope_at(node.start_byte)
        of = self.definitions[scope]
        owner = Name(of.name) if of.kind in CLASSES and of.parent == MODULE else None
        for index, one in enumerate(named(node)):
            bound = next(iter(named(one.child_by_field_name("constraint"))), None)
            name = text_of(one.child_by_field_name("name"))
            self.bind(scope, name, TypeParameter(owner, index, None if bound is None else type_of(bound)))

    def _attribute(self, node: Node) -> None:
        """`this.name = value`"""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        of = left.child_by_field_name("object") if left is not None and left.type == "member_expression" else None
        if left is None or of is None or of.type != "this":
            return
        scope = self.scope_at(node.start_byte)
        owner, name = self._this_at(scope), text_of(left.child_by_field_name("property"))
        if owner is not None and (owner, name) not in self._typed:
            documented = self._documented(node).type
            value = expression_of(right) if documented is None else Annotated(documented)
            self.attributes.append(Attribute(owner, name, node.start_byte, value, scope))

    def _this_at(self, scope: int) -> int | None:
        """The definition whose member `this.name` is there; None where that is not known."""
        while scope and self.nodes[scope].type == "arrow_function" and self.definitions[scope].kind in FUNCTIONS:
            parent = self.definitions[scope].parent or MODULE
            if self.definitions[parent].kind in CLASSES:
                return parent
            scope = parent
        of = self.definitions[scope]
        if of.kind not in FUNCTIONS or of.owner is not None:
            return None
        parent = of.parent or MODULE
        if self.definitions[parent].kind in CLASSES | OBJECTS or self.nodes[scope].id in self.names.owners:
            return parent
        return scope

    def _make_types(self) -> None:
        """Functions that make something of their own kind: what they assign to `this`, and their prototypes, say so."""
        makers = {one.owner for one in self.attributes if self.definitions[one.owner].kind == "function"}
        for target in self.names.makers:
            if isinstance(target, Name) and (index := self._types.get((MODULE, target.name))) is not None:
                makers.add(index)
        bases: dict[int, list[tuple[Node, Expression]]] = {}
        for derived, node, base in self.names.derived(self.found.get("call", [])):
            index = self._types.get((MODULE, derived.name)) if isinstance(derived, Name) else None
            if index is not None:
                bases.setdefault(index, []).append((node, base))
                makers.add(index)
        for index in sorted(makers):
            of = self.definitions[index]
            if of.kind in FUNCTIONS:
                found = bases.get(index, [])
                self.definitions[index] = replace(of, is_type=True, bases=tuple(base for _, base in found))
                for node, base in found:
                    self.refer("inherits", index, base, node)

    def _bind_after(self, node: Node) -> None:
        """`if (!(x instanceof T)) return`: from there on it is one."""
        scope = self.scope_at(node.start_byte)
        extent = self.extent_at(node.start_byte, scope) if self.runs(scope) else None
        end = extent[1] if extent is not None else self.nodes[scope].end_byte
        for name, value in narrowed_after(node):
            if node.end_byte < end:
                self.bind(scope, text_of(name), value, node.end_byte, extent=(node.end_byte, end))

    # What others see, and sites

    def _export(self) -> None:
        statements = self.found.get("export", [])
        names = self.names
        exports = Exports(statements, self.found.get("assignment", []), names.exported, names.names)
        here = {binding.name: binding for binding in reversed(self.bindings) if binding.scope == MODULE}
        for name, of in exports.found:
            own = here.get(of.name) if isinstance(of, Name) else None
            symbol = None if own is None else own.symbol
            value = own.value if own is not None and isinstance(own.value, Imported) else of
            self._exported(name, value, symbol)
        for index, node in enumerate(self.nodes):
            if index and node.id in names.exported:
                self._exported(names.exported[node.id], self._itself(index), index)
        for node, taken in exports.references:
            self.refer("imports", MODULE, taken, node)
        if not statements and "exports" not in here:
            self.bind(MODULE, "exports", Imported("", 0))
            self.bind(MODULE, "module", Record((("exports", Name("exports")),)))

    def _exported(self, name: str, value: Expression | Imported, symbol: int | None) -> None:
        self.bindings.append(Binding(EXPORTS, name, 0, value, MODULE, 0, None, symbol))

    def imports_of(self, node: Node) -> Iterator[Import]:
        """Import statements, and `require`."""
        if node.type == "import_statement":
            yield from imports_of(node)
        elif node.type == "variable_declarator":
            yield from required_by(node) or ()
        else:
            whole = None if text_of(node.child_by_field_name("function")) == "import" else WHOLE
            yield Import(node, Imported(specifier_in(node), 0, whole), import_name(node))

    def callee_of(self, node: Node) -> tuple[Node, Expression] | None:
        """What is called, made, or put into the page."""
        if node.type == "decorator":
            of = next(iter(named(node)), None)
            return None if of is None or of.type == "call_expression" else (of, expression_of(of))
        if node.type == "new_expression":
            made = node.child_by_field_name("constructor")
            return None if made is None else (_site(made), expression_of(made))
        if node.type.startswith("jsx"):
            name = node.child_by_field_name("name")
            is_component = name is not None and (name.type != "identifier" or not text_of(name)[:1].islower())
            return (_site(name), expression_of(name)) if name is not None and is_component else None
        function = node.child_by_field_name("function")
        if function is None or function.type == "import" or is_require(node):
            return None
        if function.type == "super":
            return function, self._super_at(self.scope_at(node.start_byte))
        if function.type == "subscript_expression":
            index = function.child_by_field_name("index")
            if index is None or index.type != "string":
                return index or node, Called(Unknown())
        if function.type == "call_expression":  # f()(): after what the other call says of itself
            return node.child_by_field_name("arguments") or node, expression_of(function)
        return _site(function), expression_of(function)

    def _super_at(self, scope: int) -> Expression:
        while scope and self.definitions[scope].kind not in CLASSES:
            scope = self.definitions[scope].parent or MODULE
        return self._base_of(self.nodes[scope]) or Unknown()

    def refer(self, kind: Site, scope: int, of: Expression | Imported, node: Node) -> None:
        """A site; what is done while an object is made is done by whoever makes it."""
        while kind != "inherits" and self.definitions[scope].kind in OBJECTS:
            scope = self.definitions[scope].parent or MODULE
        super().refer(kind, scope, of, node)


class TypeScriptReader(JavaScriptReader):
    """One reading of one file without JSX."""

    language = "typescript"


class TsxReader(JavaScriptReader):
    """One reading of one file with JSX."""

    language = "tsx"


def _site(node: Node) -> Node:
    return node.child_by_field_name("property") or node
