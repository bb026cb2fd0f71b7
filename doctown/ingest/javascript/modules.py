"""Where the modules of a repository are: what `./store`, `@app/store`, `#internal/store` and `shop-core` lead to.

Relative paths with and without an ending, `paths` and `baseUrl` of tsconfig.json and jsconfig.json, and the `name`,
`exports` and `imports` of package.json. A package is read as it is written, not as it is built: what leads to `dist/`
is looked for in `src/`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from doctown.ingest.facts import ProjectFile

_ENDINGS = ("ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "d.ts", "d.mts", "d.cts")
_WRITTEN_AS: Mapping[str, tuple[str, ...]] = {
    "js": ("ts", "tsx", "jsx", "d.ts"),
    "jsx": ("tsx", "ts"),
    "mjs": ("mts", "ts", "d.mts"),
    "cjs": ("cts", "ts", "d.cts"),
}
"""What is written in files of other endings than those of what they are built into."""
_BUILT = re.compile(r"(?:^|(?<=/))(?:dist|lib|build|out|esm|cjs|es|umd)(?:/(?:esm|cjs|es|src|types|node|browser))?/")
_CONDITION = re.compile(
    r"(?:\.(?:import|require|default|types|node|browser|development|production|module|source|worker|deno|bun))+"
)
_MOST_EXTENDED = 8


class Modules:
    """The files of the family by their paths, and what the project files say of them."""

    def __init__(self, paths: Sequence[str], project_files: Sequence[ProjectFile]) -> None:
        self._files = {path: number for number, path in enumerate(paths)}
        self._folders = [path.rpartition("/")[0] for path in paths]
        self._project_files = {one.path: one for one in project_files}
        self._packages: dict[str, list[str]] = {}
        """The name of a package -> the folders that say that they are it."""
        for one in project_files:
            folder, _, file = one.path.rpartition("/")
            if file == "package.json" and (name := one.value("name")):
                self._packages.setdefault(name, []).append(folder)
        self._paths: dict[str, tuple[tuple[str, str], ...]] = {}
        self._found: dict[tuple[str, str], int | str | None] = {}

    def at(self, file: int, specifier: str) -> int | str | None:
        """The file that it leads to from that file, or the name of what is outside; None: a file that is not there."""
        key = self._folders[file], specifier
        if key not in self._found:
            self._found[key] = self._at(*key)
        return self._found[key]

    def _at(self, folder: str, specifier: str) -> int | str | None:
        specifier = specifier.split("?", maxsplit=1)[0]
        if specifier.startswith(".") or specifier.startswith("/"):
            return self._file(joined(folder, specifier)) if specifier.startswith(".") else None
        if specifier.startswith("#") and (found := self._internal(folder, specifier)) is not None:
            return found
        for pattern, target in self._paths_for(folder):
            star = _starred(pattern, specifier)
            if star is not None and (inside := self._file(joined("", target.replace("*", star)))) is not None:
                return inside
        parts = specifier.split("/")
        name = "/".join(parts[: 2 if specifier.startswith("@") else 1])
        places = self._packages.get(name, ())
        for place in sorted(places, key=lambda one: (-len(_shared(one, folder)), one)):
            if (package := self._in_package(place, specifier[len(name) + 1 :])) is not None:
                return package
        return specifier.removeprefix("node:")

    def _file(self, path: str) -> int | None:
        """The file that is meant by a path without an ending, or with another than it has."""
        if path in self._files:
            return self._files[path]
        stem, _, ending = path.rpartition(".")
        tried = [f"{stem}.{other}" for other in _WRITTEN_AS.get(ending, ())]
        tried += [f"{path}.{other}" for other in _ENDINGS]
        tried += [f"{path}/index.{other}".lstrip("/") for other in _ENDINGS]
        found = next((self._files[one] for one in tried if one in self._files), None)
        package = self._project_files.get(f"{path}/package.json".lstrip("/")) if found is None else None
        main = None if package is None else package.value("main")
        return self._file(joined(path, main)) if main and joined(path, main) != path else found

    # Packages

    def _in_package(self, folder: str, inside: str) -> int | None:
        package = self._project_files[f"{folder}/package.json".lstrip("/")]
        key = f"./{inside}" if inside else "."
        told = list(_told(package, "exports", key))
        if not inside:
            told += [value for name in ("source", "module", "main", "types") for value in package.values(name)]
        for target in told:
            if (found := self._built(folder, target)) is not None:
                return found
        for place in ("", "src"):
            if (found := self._file(joined(folder, f"{place}/{inside}".strip("/")))) is not None:
                return found
        return None

    def _built(self, folder: str, target: str) -> int | None:
        """The file that a path within a package leads to, or that from which this is built."""
        plain = target.removeprefix("./")
        for path in (plain, _BUILT.sub("src/", plain, count=1), _BUILT.sub("", plain, count=1)):
            written = re.sub(r"\.d\.([cm]?ts)$", r".\1", path)
            for one in (path, written):
                if (found := self._file(joined(folder, one))) is not None:
                    return found
        return None

    def _internal(self, folder: str, specifier: str) -> int | str | None:
        """`#name`: what the package around says under `imports`."""
        for around in _around(folder):
            package = self._project_files.get(f"{around}/package.json".lstrip("/"))
            if package is None:
                continue
            for target in _told(package, "imports", specifier):
                if not target.startswith("."):
                    return target
                if (found := self._built(around, target)) is not None:
                    return found
            break
        return None

    # tsconfig.json

    def _paths_for(self, folder: str) -> Sequence[tuple[str, str]]:
        """The patterns that hold in a folder, each with the path from the top that it stands for."""
        if folder not in self._paths:
            self._paths[folder] = ()
            for around in _around(folder):
                found = [
                    one
                    for name in ("tsconfig.json", "jsconfig.json")
                    if (config := self._project_files.get(f"{around}/{name}".lstrip("/"))) is not None
                    for one in self._paths_in(config)
                ]
                if found:
                    self._paths[folder] = tuple(found)
                    break
        return self._paths[folder]

    def _paths_in(self, config: ProjectFile) -> list[tuple[str, str]]:
        configs = [config, *self._extended(config)]
        with_base = next((one for one in configs if one.value("compilerOptions.baseUrl") is not None), None)
        base = (
            None if with_base is None else joined(_folder(with_base), with_base.value("compilerOptions.baseUrl") or "")
        )
        key = "compilerOptions.paths."
        with_paths = next((one for one in configs if any(name.startswith(key) for name, _ in one.entries)), None)
        found: list[tuple[str, str]] = []
        if with_paths is not None:
            start = base if base is not None else _folder(with_paths)
            found = [
                (name[len(key) :], joined(start, value)) for name, value in with_paths.entries if name.startswith(key)
            ]
            found.sort(key=lambda one: -len(one[0].partition("*")[0]))
        return found if base is None else [*found, ("*", joined(base, "*"))]

    def _extended(self, config: ProjectFile) -> Iterator[ProjectFile]:
        """What a config extends, and what that extends, as far as it is in the repository."""
        waiting = [config]
        for _ in range(_MOST_EXTENDED):
            if not waiting:
                return
            one = waiting.pop(0)
            for said in one.values("extends")[::-1]:
                path = joined(_folder(one), said) if said.startswith(".") else self._config_of_package(said)
                tried = (path, f"{path}.json", f"{path}/tsconfig.json")
                found = next((self._project_files[name] for name in tried if name in self._project_files), None)
                if found is not None:
                    yield found
                    waiting.append(found)

    def _config_of_package(self, said: str) -> str:
        parts = said.split("/")
        number = 2 if said.startswith("@") else 1
        folder = next(iter(self._packages.get("/".join(parts[:number]), ())), "")
        return joined(folder, "/".join(parts[number:]))


def _told(package: ProjectFile, field: str, key: str) -> Iterator[str]:
    """What `exports` or `imports` say of a key: first what is said of just that, then what patterns say."""
    patterns: list[tuple[int, str]] = []
    for name, value in package.entries:
        if key == "." and (name == field or _CONDITION.fullmatch(name[len(field) :] if name.startswith(field) else "")):
            yield value
        if not name.startswith(f"{field}."):
            continue
        said = name[len(field) + 1 :]
        if said == key or (said.startswith(key) and _CONDITION.fullmatch(said[len(key) :])):
            yield value
        elif "*" in said:
            pattern = _LAST_CONDITIONS.sub("", said)
            star = _starred(pattern, key)
            if star is not None:
                patterns.append((-len(pattern), value.replace("*", star)))
    yield from (value for _, value in sorted(patterns, key=lambda one: one[0]))


_LAST_CONDITIONS = re.compile(_CONDITION.pattern + r"$")


def _starred(pattern: str, text: str) -> str | None:
    """What stands for the `*` of a pattern; None where the text is not like it."""
    before, star, after = pattern.partition("*")
    if not star:
        return "" if pattern == text else None
    is_like = text.startswith(before) and text.endswith(after) and len(text) >= len(before) + len(after)
    return text[len(before) : len(text) - len(after)] if is_like else None


def _folder(of: ProjectFile) -> str:
    return of.path.rpartition("/")[0]


def _around(folder: str) -> Iterator[str]:
    """The folder and those around it, the innermost first."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _shared(one: str, other: str) -> list[str]:
    """The folders that both lie in."""
    found: list[str] = []
    for here, there in zip(one.split("/"), other.split("/"), strict=False):
        if here != there:
            break
        found.append(here)
    return found


def joined(folder: str, path: str) -> str:
    """The path that `path` is from the folder on; one that leads out of the repository is there nowhere."""
    found: list[str] = []
    for part in (*folder.split("/"), *path.split("/")):
        if part == ".." and found:
            found.pop()
        elif part == "..":
            return "../" + path
        elif part not in ("", "."):
            found.append(part)
    return "/".join(found)
