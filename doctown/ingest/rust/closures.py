"""What the parameters of closures are, that are given to a method which calls them with what its receiver holds."""

from collections.abc import Iterable

from tree_sitter import Node

from doctown.ingest.facts import Element, Expression, Key
from doctown.ingest.rust.expressions import Expressions
from doctown.ingest.words import named, text_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WITH_ELEMENT = _words(
    "all and_then any chunk_by dedup_by_key filter filter_map find find_map flat_map for_each inspect into_iter "
    "is_none_or is_ok_and is_some_and map map_or map_or_else map_while max_by max_by_key min_by min_by_key partition "
    "position rposition retain retain_mut skip_while sort_by sort_by_key sort_by_cached_key sort_unstable_by "
    "sort_unstable_by_key take_while then try_for_each update with and_modify partition_point binary_search_by "
    "binary_search_by_key scan reduce group_by is_sorted_by with_borrow"
)
_WITH_ERROR = _words("map_err or_else unwrap_or_else inspect_err is_err_and")
_AFTER_ANOTHER = _words("fold rfold try_fold scan")
"""Methods whose closure is given what it gave before, and then an element."""


def parameters_of_closures(calls: Iterable[Node], expressions: Expressions) -> dict[int, Expression]:
    """What each parameter is, by where it starts."""
    found: dict[int, Expression] = {}
    for call in calls:
        function = call.child_by_field_name("function")
        if function is None or function.type != "field_expression":
            continue
        given = named(call.child_by_field_name("arguments"))[-3:]
        closures = [one for one in given if one.type == "closure_expression"]
        if not closures:
            continue
        name = text_of(function.child_by_field_name("field"))
        of = expressions.of(function.child_by_field_name("value"))
        for number, closure in enumerate(closures):
            parameters = named(closure.child_by_field_name("parameters"))
            if name in _AFTER_ANOTHER and len(parameters) > 1:
                found[parameters[0].start_byte] = expressions.of(given[0])
                found[parameters[1].start_byte] = Element(of)
            elif name in _WITH_ERROR or (name == "map_or_else" and number == 0):
                found.update((one.start_byte, Key(of)) for one in parameters)
            elif name in _WITH_ELEMENT:
                found.update((one.start_byte, Element(of)) for one in parameters)
    return found
