"""The facts of a Go file: what is particular to Go in reading one."""

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from doctown.ingest.facts import (
    MODULE,
    Annotated,
    Anonymous,
    Collection,
    Element,
    Expression,
    Imported,
    Key,
    Name,
    Part,
    Receiver,
    Subscript,
    TypeParameter,
    Unknown,
)
from doctown.ingest.go.expressions import expression_of, results_of, type_of
from doctown.ingest.plain.reader import Import, Local, Reader
from doctown.ingest.words import doc_of, named, text_of

_TESTS = ("Test", "Benchmark", "Example", "Fuzz")


class GoReader(Reader):
    """One reading of one Go file."""

    language = "go"

    def __init__(self, path: str, data: bytes, root: Node) -> None:
        super().__init__(path, data, root)
        self._alone: dict[int, Node] = {}
        """Where a declaration without brackets declares something -> the declaration."""
        self._types_of_constants: dict[int, Node] = {}
        for group in self.found.get("group", []):
            specs = named(group)
            if len(specs) == 1 and specs[0].type != "var_spec_list" and not any(c.type == "(" for c in group.children):
                self._alone[specs[0].start_byte] = group
            if group.type == "const_declaration":
                self._types_of_constants.update(_types_within(specs))

    def names_of(self, node: Node) -> list[Node]:
        """Of a field without a name its type: it is called so."""
        names = node.children_by_field_name("name")
        if names or node.type != "field_declaration":
            return names
        return [found] if (found := _named_by(node.child_by_field_name("type"))) is not None else []

    def span_of(self, node: Node) -> Node:
        """With the keyword before it, if that is for it alone."""
        return self._alone.get(node.start_byte, node)

    def body_of(self, node: Node) -> Node | None:
        """Of a type what stands between its brackets."""
        if node.type != "type_spec":
            return node.child_by_field_name("body")
        of_type = node.child_by_field_name("type")
        if of_type is None or of_type.type not in ("struct_type", "interface_type"):
            return None
        return next((child for child in of_type.children if child.type in ("{", "field_declaration_list")), None)

    def owner_of(self, node: Node) -> Expression | None:
        """The type of a method's receiver."""
        receiver = next(iter(named(node.child_by_field_name("receiver"))), None)
        if receiver is None:
            return None
        of_type = type_of(receiver.child_by_field_name("type"))
        return of_type.of if isinstance(of_type, Subscript) else of_type

    def bases_of(self, node: Node) -> list[tuple[Node, Expression]]:
        """What a struct or an interface embeds."""
        inside = node.child_by_field_name("type")
        if inside is None:
            return []
        if inside.type == "struct_type":
            fields = [one for group in named(inside)[:1] for one in named(group) if one.type == "field_declaration"]
            embedded = [one.child_by_field_name("type") for one in fields if one.child_by_field_name("name") is None]
        elif inside.type == "interface_type":
            single = [named(one) for one in named(inside) if one.type == "type_elem"]
            embedded = [one[0] for one in single if len(one) == 1 and one[0].type != "negated_type"]
        else:
            return []
        found = [(one, type_of(one)) for one in embedded if one is not None]
        return [(one, of.of if isinstance(of, Subscript) else of) for one, of in found]

    def returns_of(self, node: Node) -> Expression | None:
        """The type of its results."""
        return results_of(node)

    def stands_for(self, node: Node) -> tuple[Expression | None, bool]:
        """What a type is declared to be, if not a struct or an interface."""
        if node.type not in ("type_spec", "type_alias"):
            return None, False
        of_type = node.child_by_field_name("type")
        if of_type is None or (node.type == "type_spec" and of_type.type in ("struct_type", "interface_type")):
            return None, False
        return type_of(of_type), node.type == "type_alias"

    def roles_of(self, kind: str, name: str, parent: int) -> tuple[str, ...]:
        """Tests by the name of the file, the entry point by its package."""
        if self.path.endswith("_test.go"):
            is_test = kind == "function" and name.startswith(_TESTS)
            return ("test",) if is_test or kind == "module" else ()
        is_entry = kind == "function" and name == "main" and parent == MODULE and self.namespace() == "main"
        return ("entry_point",) if is_entry else ()

    def is_doc(self, comment: str) -> bool:
        """Not what is said to tools."""
        return not comment.startswith(("//go:", "//nolint", "// +build", "//line ", "//export "))

    def module_doc(self) -> str:
        """What stands above the package clause."""
        clause = next((one for one in self.root.named_children if one.type == "package_clause"), None)
        return "" if clause is None else doc_of(self.above.comments(clause.start_byte), self.is_doc)

    def namespace(self) -> str:
        """The name of the package."""
        clause = next((one for one in self.root.named_children if one.type == "package_clause"), None)
        return text_of(next(iter(named(clause)), None))

    # Names

    def locals_of(self, node: Node) -> Iterator[Local]:
        """What a declaration, a parameter or a loop brings."""
        match node.type:
            case "parameter_declaration" | "variadic_parameter_declaration":
                of_type = type_of(node.child_by_field_name("type"))
                if node.type.startswith("variadic"):
                    of_type = Collection("list", (of_type,))
                at = self._inside(node)
                yield from (Local(name, Annotated(of_type), at=at) for name in node.children_by_field_name("name"))
            case "field_declaration":
                of_type = type_of(node.child_by_field_name("type"))
                yield from (Local(name, Annotated(of_type)) for name in self.names_of(node))
            case "var_spec" | "const_spec":
                yield from self._specified(node)
            case "short_var_declaration" | "receive_statement":
                left, right = named(node.child_by_field_name("left")), node.child_by_field_name("right")
                yield from _paired(left, named(right) if _is_list(right) else [right] if right is not None else [])
            case "range_clause":
                over = expression_of(node.child_by_field_name("right"))
                for number, name in enumerate(named(node.child_by_field_name("left"))):
                    yield Local(name, Element(over) if number else Key(over))
            case "type_switch_statement":
                yield from _switched(node)
            case "assignment_statement":
                names, values = named(node.child_by_field_name("left")), named(node.child_by_field_name("right"))
                for name, value in zip(names, values, strict=False):
                    if name.type == "identifier" and value.type == "func_literal":
                        yield Local(name, Anonymous(value.start_byte), is_assigned=True)

    def _specified(self, node: Node) -> Iterator[Local]:
        names = node.children_by_field_name("name")
        of_type, value = node.child_by_field_name("type"), node.child_by_field_name("value")
        if of_type is None and value is None and node.type == "const_spec":
            of_type = self._types_of_constants.get(node.start_byte)
        if of_type is not None:
            annotated = Annotated(type_of(of_type))
            yield from (Local(name, annotated) for name in names)
            values = named(value)
            for name, given in zip(names, values, strict=False):
                if given.type == "func_literal":
                    yield Local(name, Anonymous(given.start_byte), is_assigned=True)
        else:
            yield from _paired(names, named(value))

    def _inside(self, node: Node) -> int:
        """The first byte within the function around a parameter: what its type says is seen from before."""
        return self.nodes[self.scope_at(node.start_byte)].start_byte + 1

    def more(self) -> None:
        """Receivers and type parameters, which are bound to a type that may be written elsewhere."""
        for node in self.found.get("receiver", []):
            scope = self.scope_at(node.start_byte)
            of_type = type_of(node.child_by_field_name("type"))
            for name in node.children_by_field_name("name"):
                self.bind(scope, text_of(name), Receiver(of_type), self._inside(node))
            if isinstance(of_type, Subscript):
                for index, parameter in enumerate(of_type.arguments):
                    if isinstance(parameter, Name):
                        self.bind(scope, parameter.name, TypeParameter(of_type.of, index, None))
        for node in self.found.get("parameters", []):
            self._type_parameters(node)

    def _type_parameters(self, node: Node) -> None:
        scope = self.scope_at(node.start_byte)
        of = self.definitions[scope]
        owner = Name(of.name) if of.kind in ("struct", "interface", "type") and of.parent == MODULE else None
        index = 0
        for group in named(node):
            bound = type_of(group.child_by_field_name("type"))
            for name in group.children_by_field_name("name"):
                self.bind(scope, text_of(name), TypeParameter(owner, index, bound))
                index += 1

    def imports_of(self, node: Node) -> Iterator[Import]:
        """A package, by the name that it has here."""
        path = text_of(node.child_by_field_name("path")).strip('"`')
        alias = node.child_by_field_name("name")
        name = text_of(alias) if alias is not None else package_name(path)
        yield Import(node, Imported(path, 0), {"_": None, ".": "*"}.get(name, name))

    # Sites

    def callee_of(self, node: Node) -> tuple[Node, Expression] | None:
        """What is called, or converted to: the grammar cannot tell a generic function from a type."""
        if node.type == "type_conversion_expression":
            of_type = node.child_by_field_name("type")
            if of_type is None or of_type.type != "generic_type":
                return None
            return of_type, type_of(of_type)
        function = node.child_by_field_name("function")
        if function is None:
            return None
        if function.type == "call_expression":  # f()(): after what the other call says of itself
            return node.child_by_field_name("arguments") or node, expression_of(function)
        return function.child_by_field_name("field") or function, expression_of(function)


def package_name(path: str) -> str:
    """The name of the package at an import path, as far as the path tells: versions and a leading `go-` left out."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and parts[-1][:1] == "v" and parts[-1][1:].isdigit():
        parts.pop()
    last = parts[-1] if parts else ""
    stem, dot, version = last.rpartition(".")
    if dot and version[:1] == "v" and version[1:].isdigit():
        last = stem
    return last.removeprefix("go-").removesuffix("-go").removesuffix(".go").replace("-", "_")


def _named_by(of_type: Node | None) -> Node | None:
    """The node of the name of a type."""
    while of_type is not None and of_type.type in ("pointer_type", "generic_type", "parenthesized_type"):
        of_type = of_type.child_by_field_name("type") or next(iter(named(of_type)), None)
    if of_type is not None and of_type.type == "qualified_type":
        return of_type.child_by_field_name("name")
    return of_type if of_type is not None and of_type.type == "type_identifier" else None


def _is_list(node: Node | None) -> bool:
    return node is not None and node.type == "expression_list"


def _paired(names: Sequence[Node], values: Sequence[Node]) -> Iterator[Local]:
    """Each name with its value; of one value for many names with its part."""
    if len(values) == 1 and len(names) > 1:
        whole = expression_of(values[0])
        yield from (Local(name, Part(whole, index)) for index, name in enumerate(names))
    elif not values:
        yield from (Local(name, Unknown()) for name in names)
    else:
        for name, value in zip(names, values, strict=False):
            yield Local(name, Part(expression_of(value), 0))


def _switched(node: Node) -> Iterator[Local]:
    """`switch x := y.(type)`: in each case `x` is of the type of the case, or where that has several, what `y` is."""
    alias, value = node.child_by_field_name("alias"), expression_of(node.child_by_field_name("value"))
    for name in named(alias):
        for case in named(node):
            if case.type in ("type_case", "default_case"):
                types = case.children_by_field_name("type")
                known = Annotated(type_of(types[0])) if len(types) == 1 and types[0].type != "nil" else value
                yield Local(name, known, case, case.start_byte)


def _types_within(specs: Sequence[Node]) -> dict[int, Node]:
    """The type of each constant of a group, by where it starts: one that says nothing is as the one above it."""
    found: dict[int, Node] = {}
    last: Node | None = None
    for spec in specs:
        of_type = spec.child_by_field_name("type")
        if of_type is not None or spec.child_by_field_name("value") is not None:
            last = of_type
        if last is not None:
            found[spec.start_byte] = last
    return found
