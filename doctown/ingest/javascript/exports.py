"""What a file takes from others and what others see of it: ES modules and CommonJS.

What others see is bound in the scope `EXPORTS`: each name, `default`, and under `WHOLE` what `require` of it gives.
"""

from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from doctown.ingest.facts import ALL_NAMES, Expression, Imported, Member, Name, Unknown
from doctown.ingest.javascript.expressions import expression_of, key_text, members_of, paired, unwrapped
from doctown.ingest.javascript.types import specifier_in
from doctown.ingest.plain.reader import Import
from doctown.ingest.words import named, text_of

WHOLE = "="
_DECLARED = frozenset(
    [
        "function_declaration",
        "generator_function_declaration",
        "class_declaration",
        "abstract_class_declaration",
        "interface_declaration",
        "enum_declaration",
        "type_alias_declaration",
        "internal_module",
        "module",
        "function_signature",
        "import_alias",
    ]
)


def imports_of(node: Node) -> Iterator[Import]:
    """What an import statement brings."""
    source = specifier_in(node)
    clause = next((one for one in named(node) if one.type in ("import_clause", "import_require_clause")), None)
    if clause is None:
        if source:
            yield Import(node, Imported(source, 0), None)
        return
    if clause.type == "import_require_clause":
        yield Import(node, Imported(specifier_in(clause), 0, WHOLE), text_of(next(iter(named(clause)), None)))
        return
    for one in named(clause):
        if one.type == "identifier":
            yield Import(one, Imported(source, 0, "default"), text_of(one))
        elif one.type == "namespace_import":
            yield Import(one, Imported(source, 0), text_of(next(iter(named(one)), None)))
        else:
            specifiers = [part for part in named(one) if part.type == "import_specifier"]
            if not specifiers:
                yield Import(node, Imported(source, 0), None)
            for part in specifiers:
                name, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
                yield Import(part, Imported(source, 0, key_text(name)), key_text(alias or name))


def required_by(node: Node) -> Iterator[Import] | None:
    """What a declaration brings whose value is `require(...)` or a member of it; None where it is not."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    member: str | None = None
    if value is not None and value.type == "member_expression":
        member = text_of(value.child_by_field_name("property"))
        value = value.child_by_field_name("object")
    if name is None or value is None or not is_require(value):
        return None
    return _required(name, specifier_in(value), member)


def is_require(node: Node) -> bool:
    """Whether it is `require("...")`."""
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    return function is not None and text_of(function) == "require" and specifier_in(node) != ""


def _required(name: Node, source: str, member: str | None) -> Iterator[Import]:
    if name.type == "identifier":
        yield Import(name, Imported(source, 0, member or WHOLE), text_of(name))
    elif name.type == "object_pattern" and member is None:
        for one in named(name):
            if one.type == "shorthand_property_identifier_pattern":
                yield Import(one, Imported(source, 0, text_of(one)), text_of(one))
            elif one.type == "pair_pattern":
                key, alias = one.child_by_field_name("key"), one.child_by_field_name("value")
                if alias is not None and alias.type == "identifier":
                    yield Import(one, Imported(source, 0, key_text(key)), text_of(alias))
                else:
                    yield Import(one, Imported(source, 0, key_text(key)), None)


class Exports:
    """What a file says that others see of it: by name what it is, in the order of the text."""

    def __init__(
        self,
        statements: Sequence[Node],
        assignments: Sequence[Node],
        exported: Mapping[int, str],
        called: Mapping[int, Node],
    ) -> None:
        """`exported` are the values that are definitions, bound nowhere else, by the ids of their nodes.

        `called` are the names of all values that are definitions.
        """
        self._called = called
        self.found: list[tuple[str, Expression | Imported]] = []
        self.references: list[tuple[Node, Imported]] = []
        self._exported = exported
        self.is_module = bool(statements)
        for node in statements:
            self._statement(node)
        for node in assignments:
            self._assigned(node)
        names = {name for name, _ in self.found} | set(exported.values())
        if WHOLE not in names:
            self.found.append((WHOLE, Imported("", 0)))
        elif not statements:
            self.found.append((ALL_NAMES, Imported("", 0, WHOLE)))
        if "default" not in names and not statements:
            self.found.append(("default", Imported("", 0, WHOLE)))

    def _statement(self, node: Node) -> None:
        source, value = specifier_in(node), node.child_by_field_name("value")
        declaration = node.child_by_field_name("declaration")
        words = {child.type for child in node.children if not child.is_named}
        clause = next((one for one in named(node) if one.type in ("export_clause", "namespace_export")), None)
        if clause is not None and clause.type == "export_clause":
            self._clause(clause, source)
        elif clause is not None:
            self._taken(node, text_of(next(iter(named(clause)), None)), Imported(source, 0))
        elif source:
            self._taken(node, ALL_NAMES, Imported(source, 0))
        elif "default" in words and value is not None:
            held = unwrapped(value)
            if held is not None and held.id not in self._exported:
                self.found.append(("default", expression_of(value)))
        elif declaration is not None:
            names = _declared(declaration)
            given = ["default"] * len(names) if "default" in words else names
            self.found += [(name, Name(own)) for name, own in zip(given, names, strict=True)]
        elif "=" in words:
            self.found.append((WHOLE, expression_of(next(iter(named(node)), None))))

    def _clause(self, clause: Node, source: str) -> None:
        for one in named(clause):
            name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
            own, given = key_text(name), key_text(alias or name)
            if source:
                self._taken(one, given, Imported(source, 0, own))
            else:
                self.found.append((given, Name(own)))

    def _taken(self, node: Node, name: str, of: Imported) -> None:
        self.found.append((name, of))
        self.references.append((node, of))

    def _assigned(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        target = expression_of(left) if left is not None and left.type == "member_expression" else None
        held = unwrapped(right)
        if not isinstance(target, Member) or held is None or held.id in self._exported:
            return
        if target == Member(Name("module"), "exports"):
            if (name := self._called.get(held.id)) is not None:
                self.found.append((WHOLE, Name(text_of(name))))
            elif held.type == "object":
                own = set(self._exported.values())
                self.found += [(name, of) for name, of in members_of(held) if name not in own]
                self.found += [
                    (ALL_NAMES, of)
                    for one in named(held)
                    if one.type == "spread_element" and (of := _taken_whole(named(one)[0])) is not None
                ]
            elif (whole := _taken_whole(held)) is not None:
                self.found.append((WHOLE, whole))
            else:
                self.found.append((WHOLE, expression_of(right)))
        elif target.of in (Name("exports"), Member(Name("module"), "exports")):
            self.found.append((target.name, expression_of(right)))


def _taken_whole(node: Node) -> Imported | None:
    return Imported(specifier_in(node), 0, WHOLE) if is_require(node) else None


def _declared(declaration: Node) -> list[str]:
    """The names that an exported declaration gives."""
    if declaration.type == "ambient_declaration":
        return [name for one in named(declaration) for name in _declared(one)]
    if declaration.type in _DECLARED:
        name = declaration.child_by_field_name("name") or next(iter(named(declaration)), None)
        return [text_of(name)] if name is not None and name.type != "string" else []
    found: list[str] = []
    for one in named(declaration):
        if one.type == "variable_declarator":
            found += _names_in(one.child_by_field_name("name"))
    return found


def _names_in(pattern: Node | None) -> list[str]:
    return [text_of(name) for name, _ in paired(pattern, Unknown())]
