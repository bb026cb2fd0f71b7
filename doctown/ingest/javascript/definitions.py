"""What a JavaScript or TypeScript file defines: functions, classes and objects by what they are bound to.

What names stand for, and who calls what, is left to `reader`.
"""

from tree_sitter import Node

from doctown.ingest.facts import MODULE, Either, Expression, There
from doctown.ingest.javascript.exports import required_by
from doctown.ingest.javascript.expressions import expression_of, unwrapped
from doctown.ingest.javascript.names import Names, without_overloads
from doctown.ingest.javascript.parameters import Callbacks
from doctown.ingest.javascript.types import Documented, returns_of, type_of, with_arguments
from doctown.ingest.plain.reader import CLASSES, OBJECTS, Reader
from doctown.ingest.syntax import Nesting
from doctown.ingest.words import doc_of, named, text_of

_TEST_FILES = (".test.", ".spec.", "__tests__/", "-test.", "_test.")
_MOST_RETURNS = 8
_LITERAL_NAMES = frozenset({"string", "template_string"})


class DefinitionReader(Reader):
    """Reads what a file defines."""

    def prepare(self) -> None:
        """What is a definition, and what it is called."""
        found = self.found
        self.names = names = Names(found)
        self.callbacks = Callbacks(found.get("callback", []))
        values = found.get("lambda", [])
        found["test"] = [node for node in values if node.id in names.tests]
        values = [node for node in values if node.id not in names.tests]
        called = [node for node in values if node.id in names.names or node.child_by_field_name("name") is not None]
        ids = {node.id for node in called}
        found["lambda"] = [node for node in values if node.id not in ids]
        functions = [*found.get("function", []), *found.get("method", []), *called]
        bodies = [*found.get("members", []), *found.get("extent", []), *found.get("literal", [])]
        found["function"], self.overloads = without_overloads(functions, bodies, self._text_of_name)
        found["method"] = []
        found["object"] = [node for node in found.get("literal", []) if node.id in names.objects]
        self._sort_names()
        nodes = [node for kind in ("function", "lambda", "test") for node in found[kind]]
        own = {body.id for node in nodes if (body := node.child_by_field_name("body")) is not None}
        found["extent"] = [node for node in found.get("extent", []) if node.id not in own]

    def _sort_names(self) -> None:
        """Take apart what declares a definition, what brings something in, and what makes a plain value."""
        found, names = self.found, self.names
        declared = {names.spans[node].id for node in names.names}
        requires = [node for node in found.get("local", []) if node.type == "variable_declarator" and required_by(node)]
        taken = {node.id for node in requires}
        spans = Nesting((node.start_byte, node.end_byte) for node in requires)
        others = [node for node in found.get("required", []) if spans.innermost(node.start_byte) is None]
        found["import"] = [*found.get("import", []), *requires, *others]
        for kind in ("constant", "variable", "field"):
            found[kind] = [
                node
                for node in found.get(kind, [])
                if node.id not in taken and node.id not in declared and not self._is_definition(node)
            ]
        taken |= {node.id for kind in ("constant", "variable") for node in found[kind]}
        found["local"] = [node for node in found.get("local", []) if node.id not in taken]
        self._returned: dict[int | None, list[Node]] = {}
        """What is returned by each function, found out when it is first asked for."""
        self._vars = {node.id for node in found.get("var", [])}
        self._typed: set[tuple[int, str]] = set()

    def _is_definition(self, node: Node) -> bool:
        held = unwrapped(node.child_by_field_name("value"))
        return (
            held is not None and held.id in self.names.names and self.names.names[held.id].start_byte >= node.start_byte
        )

    def kind_of(self, kind: str, node: Node, parent: int) -> str:
        """By what it stands in."""
        if kind == "object":
            return self.names.objects[node.id]
        if kind in ("constant", "variable"):
            return kind
        if kind != "function":
            return kind
        if self.definitions[parent].kind in CLASSES:
            return "constructor" if self._text_of_name(node) == "constructor" else "method"
        return "method" if node.id in self.names.owners else "function"

    def _text_of_name(self, node: Node) -> str:
        names = self.names_of(node)
        return self.name_in(names[0]) if names else ""

    def names_of(self, node: Node) -> list[Node]:
        """What it is bound to, or its own name."""
        if node.id in self.names.names:
            return [self.names.names[node.id]]
        if node.type == "property_identifier":
            return [node]
        name = (
            node.child_by_field_name("name")
            or node.child_by_field_name("property")
            or node.child_by_field_name("pattern")
        )
        return [] if name is None or name.type in ("object_pattern", "array_pattern") else [name]

    def name_in(self, node: Node) -> str:
        """Without quotes."""
        return text_of(node)[1:-1] if node.type in _LITERAL_NAMES else text_of(node)

    def span_of(self, node: Node) -> Node:
        """With what binds it, and what exports that."""
        return self.names.spans.get(node.id, node)

    def body_of(self, node: Node) -> Node | None:
        """Of an object and of the type of one all of it."""
        if node.type == "object":
            return node
        value = node.child_by_field_name("value") if node.type == "type_alias_declaration" else None
        return value if value is not None and value.type == "object_type" else node.child_by_field_name("body")

    def owner_of(self, node: Node) -> Expression | None:
        """What the function is assigned to a member of."""
        return self.names.owners.get(node.id)

    def is_owner(self, kind: str) -> bool:
        """Functions and objects are filled from outside as well."""
        return kind in CLASSES or kind in OBJECTS or kind == "function"

    def home_of(self, node: Node) -> int:
        """Of a constructor's parameter that is a field the class."""
        scope = self.scope_around(node)
        return self.definitions[scope].parent or MODULE if node.type.endswith("_parameter") else scope

    def bases_of(self, node: Node) -> list[tuple[Node, Expression]]:
        """What it extends and implements."""
        heritage = [one for one in named(node) if one.type in ("class_heritage", "extends_type_clause")]
        found: list[tuple[Node, Expression]] = []
        for clause in heritage:
            for one in named(clause) if clause.type == "class_heritage" else [clause]:
                if one.type == "extends_clause":
                    value = one.child_by_field_name("value")
                    if value is not None:
                        found.append((value, with_arguments(expression_of(value), one)))
                elif one.type in ("implements_clause", "extends_type_clause"):
                    found += [(part, type_of(part)) for part in named(one)]
                else:
                    found.append((one, expression_of(one)))
        return found

    def returns_of(self, node: Node) -> Expression | None:
        """As declared, by its signatures if it has several, or by its comment."""
        if (signatures := self.overloads.get(node.id)) is not None:
            types = dict.fromkeys(of for one in signatures if (of := returns_of(one)) is not None)
            return next(iter(types)) if len(types) == 1 else Either(tuple(types)[:_MOST_RETURNS])
        return returns_of(node) or self._documented(self.span_of(node)).returns

    def _documented(self, span: Node) -> Documented:
        comments = [text_of(one) for one in self.above.comments(span.start_byte)]
        return Documented(next((text for text in comments[::-1] if "@" in text and text.startswith("/**")), ""))

    def returned_in(self, node: Node) -> tuple[Expression, ...]:
        """What its own statements return."""
        body = node.child_by_field_name("body")
        if body is None:
            return ()
        if body.type != "statement_block":
            return (There(expression_of(body), body.start_byte),)
        if not self._returned:
            for one in self.found.get("returned", []):
                self._returned.setdefault(self._nesting.innermost(one.start_byte), []).append(one)
        values = self._returned.get(self._nesting.innermost(body.start_byte), [])[:_MOST_RETURNS]
        return tuple(There(expression_of(one), one.start_byte) for one in values)

    def stands_for(self, node: Node) -> tuple[Expression | None, bool]:
        """What a type is another name for; one of an object's shape is a type itself."""
        value = node.child_by_field_name("value") if node.type == "type_alias_declaration" else None
        return (None, False) if value is None or value.type == "object_type" else (type_of(value), True)

    def roles_of(self, kind: str, name: str, parent: int) -> tuple[str, ...]:
        """Tests by what they are called with, and files of them by their name."""
        is_test = kind == "test" or (kind == "module" and any(part in f"/{self.path}" for part in _TEST_FILES))
        return ("test",) if is_test else ()

    def module_doc(self) -> str:
        """What the first comment says, if it is of the file."""
        first = next(iter(self.found.get("comment", [])), None)
        is_first = first is not None and not self.data[: first.start_byte].strip() and text_of(first).startswith("/*")
        return "" if first is None or not is_first or "@file" not in text_of(first) else doc_of([first], self.is_doc)
