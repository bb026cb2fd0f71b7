"""The graph of a few files that a test writes out, as lines of text."""

from doctown.ingest.facts import FileFacts, ProjectFile
from doctown.ingest.languages import language_of
from doctown.ingest.outlines import read
from doctown.ingest.project_files import project_file_of
from doctown.ingest.resolution import Resolved, resolved


def facts_of(path: str, text: str) -> FileFacts | None:
    return read(path, language_of(path, b""), text.encode())[0]


def graph_of(files: dict[str, str]) -> Resolved:
    facts = [found for path, text in sorted(files.items()) if (found := facts_of(path, text)) is not None]
    project_files: list[ProjectFile] = [
        found for path, text in sorted(files.items()) if (found := project_file_of(path, text.encode())) is not None
    ]
    return resolved(facts, project_files)


def edges_in(graph: Resolved, kind: str = "calls") -> set[str]:
    """`source -> target` for each edge of that kind; `(outside)` stands before what is not in the files."""
    names = {one.id: one.qualified_name for one in graph.symbols}
    return {
        f"{names[edge.source]} -> {names[edge.target] if edge.target else f'(outside) {edge.external}'}"
        for edge in graph.edges
        if edge.kind == kind
    }


def rules_in(graph: Resolved, kind: str = "calls") -> dict[str, str]:
    """The rule of the edge to each target, by the target's name."""
    names = {one.id: one.qualified_name for one in graph.symbols}
    return {
        (names[edge.target] if edge.target else str(edge.external)): edge.resolution
        for edge in graph.edges
        if edge.kind == kind
    }
