"""The facts of a Rust file: what is particular to Rust in reading one.

An `impl` is no symbol. What is written in one is a member of its type: below the type's symbol where the type is of the
same module, else of an owner by that name. Variants are constants of their enum; the fields of a variant `V` are bound
in the enum as `V.0`, `V.name`. A macro `m` is bound as `m!`: names of macros are apart from others.
"""

from collections.abc import Iterator

from tree_sitter import Node

from doctown.ingest.facts import (
    MODULE,
    Annotated,
    Callable,
    Defined,
    Definition,
    Either,
    Expression,
    Implements,
    Imported,
    Member,
    Name,
    Own,
    Receiver,
    Subscript,
    TypeParameter,
    Unknown,
)
from doctown.ingest.plain.reader import CLASSES, Import, Local, Reader
from doctown.ingest.rust.closures import parameters_of_closures
from doctown.ingest.rust.expressions import MOST_GIVEN, Expressions
from doctown.ingest.rust.macros import Macros
from doctown.ingest.rust.patterns import names_in
from doctown.ingest.rust.types import base_of, replaced, type_of
from doctown.ingest.rust.uses import imports_in
from doctown.ingest.syntax import Nesting
from doctown.ingest.words import doc_of, named, text_of

_AROUND = ("impl", "trait", "namespace", "function", "lambda", "struct", "enum")


class RustReader(Reader):
    """One reading of one Rust file."""

    language = "rust"

    def prepare(self) -> None:
        """What macros hold, and what stands around what."""
        read = Macros(self.data, self.found)
        self._expressions = Expressions(read.arguments)
        self._around = [node for kind in _AROUND for node in self.found.get(kind, [])]
        self._within = Nesting((node.start_byte, node.end_byte) for node in self._around)
        self._arms = {one.start_byte: node for node in self.found.get("match", []) for one in _arms_of(node)}
        self._matched: dict[int, Expression] = {}
        """Where a `match` starts -> what it looks at."""
        self._closures = parameters_of_closures(self.found.get("call", []), self._expressions)

    def _holder(self, node: Node) -> Node | None:
        """The impl, trait, module, type or function right around `node`."""
        around = (self._around[at] for at in self._within.all_around(node.start_byte))
        return next((one for one in around if one != node), None)

    def _impl(self, node: Node) -> Node | None:
        holder = self._holder(node)
        return holder if holder is not None and holder.type == "impl_item" else None

    # Definitions

    def kind_of(self, kind: str, node: Node, parent: int) -> str:
        """A function of a type or trait is a method."""
        holder = self._holder(node) if kind == "function" else None
        return "method" if holder is not None and holder.type in ("impl_item", "trait_item") else kind

    def bound_name(self, of: Definition) -> str:
        """Macros are named with their `!`."""
        return f"{of.name}!" if of.kind == "macro" else of.name

    def span_of(self, node: Node) -> Node:
        """The definition itself."""
        return node

    def body_of(self, node: Node) -> Node | None:
        """Of a macro its rules."""
        if node.type == "macro_definition":
            return next((one for one in node.children if one.type in ("{", "(", "[")), None)
        return node.child_by_field_name("body")

    def owner_of(self, node: Node) -> Expression | None:
        """The type of the impl around it."""
        impl = self._impl(node)
        if impl is None:
            return None
        of = base_of(type_of(impl.child_by_field_name("type")))
        return of if isinstance(of, Name | Member) else Name("?")

    def bases_of(self, node: Node) -> list[tuple[Node, Expression]]:
        """The traits that a trait asks for."""
        if node.type != "trait_item":
            return []
        found = [(one, base_of(type_of(one))) for one in named(node.child_by_field_name("bounds"))]
        return [(one, of) for one, of in found if isinstance(of, Name | Member)]

    def returns_of(self, node: Node) -> Expression | None:
        """The declared type; `Self` is the type of the impl."""
        result = node.child_by_field_name("return_type")
        if result is None:
            return None
        impl, of = self._impl(node), type_of(result)
        return of if impl is None else replaced(of, "Self", type_of(impl.child_by_field_name("type")))

    def parameters_of(self, node: Node) -> tuple[Expression, ...]:
        """The types of its parameters but for `self`."""
        given = [one for one in named(node.child_by_field_name("parameters")) if one.type == "parameter"]
        return tuple(type_of(one.child_by_field_name("type")) for one in given[:MOST_GIVEN])

    def returned_in(self, node: Node) -> tuple[Expression, ...]:
        """Of a closure its body."""
        return (self._expressions.of(node.child_by_field_name("body")),) if node.type == "closure_expression" else ()

    def stands_for(self, node: Node) -> tuple[Expression | None, bool]:
        """What a type is another name for; of a type that a trait leaves open what is asked of it."""
        if node.type == "type_item":
            return type_of(node.child_by_field_name("type")), True
        bounds = node.child_by_field_name("bounds") if node.type == "associated_type" else None
        return (None, False) if bounds is None else (type_of(bounds), True)

    def roles_of(self, kind: str, name: str, parent: int) -> tuple[str, ...]:
        """Tests by their attribute, modules of them by theirs, the entry point by its name."""
        if kind == "module":
            return ("test",) if f"/{self.path}".rpartition("/")[0].endswith("/tests") else ()
        if kind not in ("function", "namespace"):
            return ()
        attributes = [text_of(one) for one in self.above.attached(self.nodes[-1].start_byte)]
        words = [one.strip("#[] \n").partition("(")[0].rpartition("::")[2] for one in attributes]
        if kind == "namespace":
            return ("test",) if any("cfg(test)" in one.replace(" ", "") for one in attributes) else ()
        if "test" in words or "bench" in words or "rstest" in words:
            return ("test",)
        return ("entry_point",) if name == "main" and parent == MODULE else ()

    def is_doc(self, comment: str) -> bool:
        """Only what is written as documentation."""
        return comment.startswith(("///", "/**"))

    def module_doc(self) -> str:
        """What the file says of itself, in `//!`."""
        comments: list[Node] = []
        for node in self.root.named_children[:500]:
            if node.type.endswith("comment"):
                comments.append(node)
            elif node.type != "inner_attribute_item":
                break
        return doc_of(comments, lambda text: text.startswith(("//!", "/*!")))

    # Names

    def locals_of(self, node: Node) -> Iterator[Local]:
        """What a declaration, a parameter, a loop or a pattern brings."""
        match node.type:
            case "parameter" | "field_declaration" | "const_item" | "static_item":
                pattern = node.child_by_field_name("pattern") or node.child_by_field_name("name")
                yield from _locals(pattern, Annotated(type_of(node.child_by_field_name("type"))))
            case "let_declaration" | "let_condition":
                of_type, value = node.child_by_field_name("type"), node.child_by_field_name("value")
                known = Annotated(type_of(of_type)) if _says(of_type) else self._expressions.of(value)
                yield from _locals(node.child_by_field_name("pattern"), known)
            case "for_expression":
                value = node.child_by_field_name("value")
                of = self._expressions.element_of(value)
                end = node.end_byte if value is None else value.end_byte
                yield from _locals(node.child_by_field_name("pattern"), of, at=end)
            case "match_arm":
                whole, pattern = self._arms.get(node.start_byte), node.child_by_field_name("pattern")
                if whole is not None and pattern is not None:
                    if whole.start_byte not in self._matched:
                        self._matched[whole.start_byte] = self._expressions.of(whole.child_by_field_name("value"))
                    yield from _locals(pattern, self._matched[whole.start_byte], at=pattern.start_byte + 1)
            case "enum_variant":
                yield from self._variant(node)

    def _variant(self, node: Node) -> Iterator[Local]:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        enum = self.scope_at(node.start_byte)
        if name is None:
            return
        is_tuple = body is not None and body.type == "ordered_field_declaration_list"
        yield Local(name, Annotated(Callable(Own(enum, True))) if is_tuple else Own(enum, False))

    def more(self) -> None:
        """What has no name of its own: receivers, `Self`, type parameters, fields by number or of a variant, impls."""
        of_names = set(self.symbols.values())
        for index, node in enumerate(self.nodes):
            if index == MODULE or index in of_names:
                continue
            if (impl := self._impl(node)) is not None:
                self._in_impl(index, impl)
            elif (holder := self._holder(node)) is not None and holder.type == "trait_item":
                trait = self.definitions[index].parent or MODULE
                self.bind(index, "Self", Own(trait, True))
                self.bind(index, "self", Own(trait, False))
        for node in self.found.get("parameters", []):
            holder = self._holder(node)
            if holder is None or holder.type != "impl_item":
                self._type_parameters(node)
        for node in self.found.get("tuple_struct", []):
            self._fields(self.scope_at(node.start_byte), "", node.child_by_field_name("body"))
        for node in self.found.get("constant", []):
            if node.type == "enum_variant":
                variant = text_of(node.child_by_field_name("name"))
                self._fields(self.scope_at(node.start_byte), f"{variant}.", node.child_by_field_name("body"))
        for node in self.found.get("closure_parameter", []):
            value = self._closures.get(node.start_byte, Unknown())
            if node.type == "parameter" and _says(of_type := node.child_by_field_name("type")):
                value = Annotated(type_of(of_type))
            for name, known in names_in(node, value):
                self.bind(self.scope_at(node.start_byte), text_of(name), known)
        for node in self.found.get("impl", []):
            self._implements(node)
        self._bind_heads()

    def _bind_heads(self) -> None:
        """What paths may start with is bound for that too, apart from local names."""
        for one in list(self.bindings):
            if isinstance(one.value, Imported) and one.name[:1].islower():
                self.bind(one.scope, f"{one.name}::", one.value)
        for index, of in enumerate(self.definitions):
            if of.parent is not None and (of.kind == "namespace" or of.kind in CLASSES) and of.name[:1].islower():
                self.bind(of.parent, f"{of.name}::", Defined(index))

    def _fields(self, scope: int, before: str, body: Node | None) -> None:
        """The fields between round brackets, by number, and those of a variant, by name."""
        if body is None:
            return
        if body.type == "ordered_field_declaration_list":
            for index, of_type in enumerate(body.children_by_field_name("type")):
                self.bind(scope, f"{before}{index}", Annotated(type_of(of_type)))
        elif before:
            for field in named(body):
                name = text_of(field.child_by_field_name("name"))
                self.bind(scope, f"{before}{name}", Annotated(type_of(field.child_by_field_name("type"))))

    def _in_impl(self, index: int, impl: Node) -> None:
        """What `self`, `Self` and the impl's type parameters are in a member of it."""
        of_type = type_of(impl.child_by_field_name("type"))
        if of_type != Name("Self"):
            self.bind(index, "self", Receiver(of_type))
            self.bind(index, "Self", of_type)
        base = base_of(of_type)
        places = of_type.arguments if isinstance(of_type, Subscript) else ()
        for number, (name, bound) in enumerate(_parameters(impl)):
            if Name(name) in places:
                self.bind(index, name, TypeParameter(base, places.index(Name(name)), bound))
            else:
                self.bind(index, name, TypeParameter(None, number, bound))

    def _type_parameters(self, node: Node) -> None:
        scope = self.scope_at(node.start_byte)
        of = self.definitions[scope]
        owner = Own(scope, True) if of.kind in ("struct", "enum", "trait", "type") else None
        for number, (name, bound) in enumerate(_parameters(self.nodes[scope])):
            self.bind(scope, name, TypeParameter(owner, number, bound))

    def _implements(self, impl: Node) -> None:
        trait, of_type = impl.child_by_field_name("trait"), impl.child_by_field_name("type")
        is_negative = any(one.type == "!" for one in impl.children)
        if trait is None or is_negative:
            return
        of, base = base_of(type_of(of_type)), base_of(type_of(trait))
        scope, parameters = self.scope_at(impl.start_byte), dict(_parameters(impl))
        if isinstance(of, Name) and of.name in parameters:  # whatever is of what the parameter is bound by
            bound = parameters[of.name]
            for one in bound.of if isinstance(bound, Either) else (bound,):
                if one is not None:
                    self.refer("inherits", scope, Implements(base_of(one), base, True), trait)
        else:
            self.refer("inherits", scope, Implements(of, base), trait)

    def imports_of(self, node: Node) -> Iterator[Import]:
        """Everything that one `use` brings; a module in a file of its own."""
        if node.type == "mod_item":
            name = text_of(node.child_by_field_name("name"))
            attributes = [text_of(one) for one in self.above.attached(node.start_byte)]
            path = next((one.split('"')[1] for one in attributes if one.startswith("#[path") and '"' in one), name)
            yield Import(node, Imported(path, -1), name)
        elif node.type == "extern_crate_declaration":
            name = text_of(node.child_by_field_name("name"))
            alias = text_of(node.child_by_field_name("alias")) or name
            yield Import(node, Imported(f"::{name}" if name != "self" else "crate", 0), None if alias == "_" else alias)
        else:
            yield from imports_in(node)

    # Sites

    def callee_of(self, node: Node) -> tuple[Node, Expression] | None:
        """What is called: not what a struct or a variant is made by."""
        if node.type == "macro_invocation":
            macro = node.child_by_field_name("macro")
            return None if macro is None else (macro, Name(f"{text_of(macro)}!"))
        function = node.child_by_field_name("function")
        if function is not None and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None:
            return None
        if function.type == "call_expression":  # f()(): after what the other call says of itself
            return node.child_by_field_name("arguments") or node, self._expressions.of(function)
        site = function.child_by_field_name("field") or function.child_by_field_name("name") or function
        if function.type == "self" or text_of(function) == "Self":
            return None
        return site, self._expressions.of(function)


def _locals(pattern: Node | None, value: Expression, *, at: int | None = None) -> Iterator[Local]:
    for name, known in names_in(pattern, value):
        yield Local(name, known, at=at)


def _says(of_type: Node | None) -> bool:
    """Whether a type is written that says something."""
    return of_type is not None and text_of(of_type) not in ("_", "&_", "&mut _")


def _arms_of(match: Node) -> list[Node]:
    return [one for one in named(match.child_by_field_name("body")) if one.type == "match_arm"]


def _parameters(node: Node) -> list[tuple[str, Expression | None]]:
    """The type parameters of `node`, each with what it is bound by."""
    asked: dict[str, list[Expression]] = {}
    for one in named(next((one for one in named(node) if one.type == "where_clause"), None)):
        left = text_of(one.child_by_field_name("left"))
        asked.setdefault(left, []).append(type_of(one.child_by_field_name("bounds")))
    found: list[tuple[str, Expression | None]] = []
    for one in named(node.child_by_field_name("type_parameters")):
        if one.type in ("type_parameter", "const_parameter"):
            name = text_of(one.child_by_field_name("name"))
            bounds = one.child_by_field_name("bounds")
            parts = [*([] if bounds is None else [type_of(bounds)]), *asked.get(name, [])]
            found.append((name, parts[0] if len(parts) == 1 else Either(tuple(parts)) if parts else None))
    return found
