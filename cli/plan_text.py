"""How a plan looks on a terminal: from the document that `doctown plan --json` prints to lines of text.

The lines may hold names out of a repository; whoever prints them makes them harmless (`cli.output.printable`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.output import STEP_NAMES, counted, duration

_MOST_FOLDERS = 20
_MOST_LANGUAGES = 12
_MOST_NAMED = 3

Found = Mapping[str, Any]


def plan_text(found: Found) -> list[str]:
    """The lines of a plan."""
    repository = found["repository"]
    where = (repository.get("commit") or repository.get("tree") or "")[:12]
    named = f" ({repository['ref']})" if repository.get("ref") else ""
    below = f", only what lies below {found['path']}" if found["path"] else ""
    lines = [f"{repository['name']} at {where}{named}{below}", *(f"  {note}" for note in found["notes"])]
    if found["files"]["kept"]:
        lines += ["", *_languages(found["languages"]), "", *_folders(found["folders"])]
    if found["skipped"]:
        lines += ["", *_reasons(found)]
    if found["chunks"]:
        lines += ["", *_work(found), *_time(found["estimates"][0])]
    return lines


def skipped_text(found: Found) -> list[str]:
    """A line for every file that is left out, in the order of the paths."""
    files = sorted((one["path"], one["reason"]) for group in found["skipped"] for one in group["files"])
    return ["", *(f"{path}  {reason}" for path, reason in files)]


def _languages(languages: Mapping[str, Mapping[str, int]]) -> list[str]:
    columns = ("files", "lines", "chunks", "tokens")
    rows = [("  " + language, [of[name] for name in columns]) for language, of in languages.items()]
    total = ("indexed", [sum(of[name] for of in languages.values()) for name in columns])
    more = [f"  and {len(rows) - _MOST_LANGUAGES:,} more"] if len(rows) > _MOST_LANGUAGES else []
    return _table("", columns, [total, *rows[:_MOST_LANGUAGES]]) + more


def _folders(folders: Sequence[Mapping[str, Any]]) -> list[str]:
    columns = ("kept", "skipped", "chunks", "tokens")
    of = {folder["path"]: folder for folder in folders}
    rows = [("  " * depth + name, [of[path][column] for column in columns]) for depth, name, path in _opened(folders)]
    return _table("folder", columns, rows)


def _table(head: str, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[int]]]) -> list[str]:
    shown = [(head, list(columns)), *((name, [f"{number:,}" for number in numbers]) for name, numbers in rows)]
    width = min(60, max(len(name) for name, _ in shown))
    return [f"{name:<{width}}" + "".join(f"{cell:>11}" for cell in cells) for name, cells in shown]


def _opened(folders: Sequence[Mapping[str, Any]]) -> list[tuple[int, str, str]]:
    """The folders to show: depth, name and path. The root is open, then ever the largest one that still has room.

    A folder that holds one folder and nothing else is shown with it, as one.
    """
    of = {folder["path"]: folder for folder in folders}
    inside: dict[str, list[str]] = {path: [] for path in of}
    for path in of:
        if path:
            inside[path.rpartition("/")[0]].append(path)
    for path, below in inside.items():
        inside[path] = sorted((_whole(one, of, inside) for one in below), key=lambda one: _order(of[one]))
    opened, shown = {""}, 1 + len(inside[""])
    closed = sorted(inside[""], key=lambda one: _order(of[one]))
    while closed:
        path = closed.pop(0)
        if inside[path] and shown + len(inside[path]) <= _MOST_FOLDERS:
            opened.add(path)
            shown += len(inside[path])
            closed = sorted([*closed, *inside[path]], key=lambda one: _order(of[one]))

    def lines(path: str, depth: int, above: str) -> Iterable[tuple[int, str, str]]:
        yield depth, path[len(above) :].lstrip("/") or ".", path
        for one in inside[path] if path in opened else ():
            yield from lines(one, depth + 1, path)

    return list(lines("", 0, ""))[: 2 * _MOST_FOLDERS]


def _whole(path: str, of: Mapping[str, Mapping[str, Any]], inside: Mapping[str, Sequence[str]]) -> str:
    """`path`, or the folder far below it that holds all its files."""
    while len(inside[path]) == 1:
        below = inside[path][0]
        if any(of[below][what] != of[path][what] for what in ("kept", "skipped")):
            break
        path = below
    return path


def _order(folder: Mapping[str, Any]) -> tuple[int, int, str]:
    return -folder["tokens"], -folder["skipped"], folder["path"]


def _reasons(found: Found) -> list[str]:
    lines = [f"left out: {found['files']['skipped']:,} of {sum(found['files'].values()):,} files"]
    for group in found["skipped"]:
        number = len(group["files"])
        lines.append(f"  {number:>6,}  {group['reason']}" + _listed(group["details"], ": "))
        if number > 1:
            lines.append(f"          in {_listed({path or '.': n for path, n in group['folders'].items()})}")
        lines.append(f"          such as {', '.join(one['path'] for one in group['files'][:_MOST_NAMED])}")
    return lines


def _listed(counts: Mapping[str, int], before: str = "") -> str:
    """The commonest of `counts`, with their numbers where there are several."""
    first = [f"{what} ({number:,})" if len(counts) > 1 else what for what, number in counts.items()][:_MOST_NAMED]
    more = f" and {len(counts) - _MOST_NAMED:,} more" if len(counts) > _MOST_NAMED else ""
    return before + ", ".join(first) + more if first else ""


def _work(found: Found) -> list[str]:
    texts, most = found["texts"], found["model"]["max_tokens"]
    lines = [f"{counted(found['chunks'], 'chunks')} of at most {most:,} tokens, {found['tokens']:,} tokens in all"]
    if found["functions"]:
        share = found["cut_functions"] / found["functions"]
        lines.append(
            f"  {found['cut_functions']:,} of {counted(found['functions'], 'functions')} ({share:.0%}) cut in several"
        )
    on = f" on {found['engine']}" if found["engine"] else ""
    lines += [
        f"{counted(texts['distinct'], 'distinct texts')} to embed with {found['model']['name']}{on}",
        f"  {texts['embedded']:,} embedded already, {texts['to_embed']:,} to do ({texts['tokens_to_embed']:,} tokens)",
    ]
    return lines


def _time(estimate: Mapping[str, Any]) -> list[str]:
    seconds, sources = estimate["seconds"], estimate["from"]
    known = seconds["in_all"]
    lines = [f"time: about {duration(known)}" if known is not None else "time: not known in all"]
    for step, name in STEP_NAMES.items():
        amount = "?" if seconds[step] is None else duration(seconds[step])
        lines.append(f"  {name:<14}{amount:>12}  {sources[step]}")
    return lines
