"""What is particular to Go in resolution: packages by folder, import paths by `go.mod`, files for one platform only."""

import re
from collections.abc import Sequence
from typing import ClassVar

from doctown.ingest import rules
from doctown.ingest.facts import MODULE, Imported, ProjectFile
from doctown.ingest.plain.language import Language
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.values import At, Found, Outside, Space, Thing, Value
from doctown.ingest.project_files import path_along


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TYPES = _words(
    "any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string "
    "uint uint8 uint16 uint32 uint64 uintptr"
)
_FUNCTIONS = _words(
    "append cap clear close complex copy delete imag len make max min new panic print println real recover"
)
_OUTSIDE_TYPES = _words(
    "encoding/json.Number encoding/json.RawMessage html/template.CSS html/template.HTML html/template.HTMLAttr "
    "html/template.JS html/template.JSStr html/template.URL io/fs.FileMode math/big.Word net.IP net.IPMask "
    "net/http.Dir net/http.Header net/http.HandlerFunc net/url.Values os.FileMode reflect.Kind sort.Float64Slice "
    "sort.IntSlice sort.StringSlice syscall.Errno syscall.Handle syscall.Signal time.Duration time.Month time.Weekday "
    "unsafe.Pointer"
)
"""Types to which something is often converted: such a conversion is no call."""
_UNIX = _words("aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris")
_SYSTEMS = {
    **{system: frozenset({system}) for system in _UNIX | _words("js plan9 wasip1 windows zos")},
    "unix": _UNIX,
    "posix": _UNIX | {"windows"},
}
_MACHINES = _words("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm")
_MOST_FILES = 8
"""Files of a package to each of which an import of it leads; of a larger package it is one that speaks for all."""


class Go(Language):
    """Go's packages: a folder and a name, seen as a whole by its own files, without its tests by others."""

    languages: ClassVar[frozenset[str]] = frozenset({"go"})
    types_are_called: ClassVar[bool] = False
    common_methods: ClassVar[frozenset[str]] = _words(
        "MarshalJSON UnmarshalJSON MarshalText UnmarshalText MarshalBinary UnmarshalBinary GoString ServeHTTP "
        "WriteString ReadByte WriteByte ReadFrom WriteTo ReadAt WriteAt LocalAddr RemoteAddr SetDeadline RoundTrip "
        "ProtoMessage ProtoReflect"
    )

    def __init__(self, tables: Tables, project_files: Sequence[ProjectFile]) -> None:
        super().__init__(tables, project_files)
        self._folders = [file.path.rpartition("/")[0] for file in tables.files]
        self._is_test = [file.path.endswith("_test.go") for file in tables.files]
        self._binding: dict[tuple[str, str, str], list[int]] = {}
        """Folder, package and name -> the files that bind it."""
        self._by_folder: dict[str, list[int]] = {}
        for number, file in enumerate(tables.files):
            names = dict.fromkeys(one.name for one in file.bindings if one.scope == MODULE)
            for name in names:
                self._binding.setdefault((self._folders[number], file.namespace, name), []).append(number)
            if not self._is_test[number] and file.namespace != "main":
                self._by_folder.setdefault(self._folders[number], []).append(number)
        self._modules = _modules_of(project_files)
        self._platforms = [_platform_of(file.path) for file in tables.files]
        self._imports: dict[int, list[Value]] = {}
        self._called_here: dict[tuple[int, str], tuple[Value, ...]] = {}
        self._spaces: dict[tuple[str, str], tuple[Value, ...]] = {}

    def beside(self, file: int, name: str) -> Sequence[int]:
        """The other files of the package; for what is no test those that are none."""
        files = self._binding.get((self._folders[file], self.tables.files[file].namespace, name), ())
        return [one for one in files if one != file and (self._is_test[file] or not self._is_test[one])]

    def imported(self, file: int, scope: int, of: Imported) -> Sequence[Value]:
        """The package at an import path."""
        key = (self._folders[file] if of.module.startswith(".") else "", of.module)
        if key not in self._spaces:
            self._spaces[key] = self._at(of.module, self._folders[file])
        return self._spaces[key]

    def _at(self, path: str, folder: str) -> tuple[Value, ...]:
        if path.startswith("."):
            parts = [*folder.split("/"), *path.split("/")]
            return self._in_folder(path_along(*parts)) or (Outside(path),)
        for name, place in self._modules:
            inside = path if name == "std" else _below(name, path)  # Go's own library is called nothing
            found = self._in_folder(path_along(place, inside)) if inside is not None else ()
            if found:
                return found
        if not self._modules and "." in path.split("/", 1)[0]:
            parts = path.split("/")
            for first in range(1, len(parts)):  # a path of hosts, in a repository that does not say what it is called
                if found := self._in_folder("/".join(parts[first:])):
                    return found
        return (Outside(path),)

    def _in_folder(self, folder: str) -> tuple[Value, ...]:
        files = self._by_folder.get(folder)
        return (Space(tuple((file, MODULE) for file in files)),) if files else ()

    def modules_of(self, file: int, space: Space) -> Sequence[At]:
        """The files of a package; of a large one the file that has its name, or its documentation, or is the first."""
        ats = space.scopes
        if len(ats) <= _MOST_FILES:
            return ats
        names = {self.tables.files[at[0]].path.rpartition("/")[2]: at for at in ats}
        package = self.tables.files[ats[0][0]].namespace
        return [names.get(f"{package}.go") or names.get("doc.go") or ats[0]]

    def unbound(self, file: int, scope: int, name: str) -> Sequence[Found]:
        """A package that is not called as the end of its path, or what Go itself names."""
        if name in _TYPES or name in _FUNCTIONS:
            return [Found(Outside(f"builtin.{name}"), rules.BUILTIN)]
        key = (file, name)
        if key not in self._called_here:
            self._called_here[key] = self._package_called(file, name)
        return [Found(value, rules.IMPORT) for value in self._called_here[key]]

    def _package_called(self, file: int, name: str) -> tuple[Value, ...]:
        if file not in self._imports:
            sites = self.tables.files[file].references
            self._imports[file] = [
                value for of in sites if isinstance(of.of, Imported) for value in self.imported(file, MODULE, of.of)
            ]
        outside: list[Value] = []
        for value in self._imports[file]:
            if isinstance(value, Space) and self.tables.files[value.scopes[0][0]].namespace == name:
                return (value,)
            if isinstance(value, Outside) and name in re.split(r"[-.]", value.name.rpartition("/")[2]):
                outside.append(value)
        return tuple(outside) if len(outside) == 1 else ()

    def is_type(self, of: Value) -> bool:
        """Go's own types, and a few others."""
        if not isinstance(of, Outside):
            return False
        return of.name in _OUTSIDE_TYPES or of.name.removeprefix("builtin.") in _TYPES

    def chosen(self, file: int, found: Sequence[Found]) -> Sequence[Found]:
        """Of things that are there once for each platform, those that may be there with the file."""
        if len(found) < 2:
            return found
        own = [one for one in found if not isinstance(one.value, Thing) or self._are_together(file, one.value.at[0])]
        return own or found

    def _are_together(self, file: int, other: int) -> bool:
        return all(
            not here or not there or here & there
            for here, there in zip(self._platforms[file], self._platforms[other], strict=True)
        )

    def is_seen(self, file: int, at: At) -> bool:
        """What starts with a capital letter, and what is of the same package; tests see more than is seen of them."""
        is_own = self._folders[file] == self._folders[at[0]]
        if self._is_test[at[0]] and not (self._is_test[file] and is_own):
            return False
        return is_own or self.tables.definition(at).name[:1].isupper()


def _modules_of(project_files: Sequence[ProjectFile]) -> list[tuple[str, str]]:
    """The modules of the repository: what they are called, the longest first, and their folders."""
    found: list[tuple[str, str]] = []
    for project_file in project_files:
        folder, _, name = project_file.path.rpartition("/")
        if name != "go.mod":
            continue
        if called := project_file.value("module"):
            found.append((called, folder))
        for replaced in project_file.values("replace"):
            old, arrow, new = replaced.partition(" => ")
            if arrow and new.startswith("."):
                found.append((old.split(" ")[0], path_along(folder, new)))
    return sorted(dict.fromkeys(found), key=lambda one: (-len(one[0]), one))


def _below(name: str, path: str) -> str | None:
    """The rest of an import path within the module; None: it is not in it."""
    return "" if path == name else path[len(name) + 1 :] if path.startswith(f"{name}/") else None


def _platform_of(path: str) -> tuple[frozenset[str], frozenset[str]]:
    """The systems and the machines that a file is for, by its name; none where it does not say."""
    words = path.rpartition("/")[2].removesuffix(".go").removesuffix("_test").split("_")[1:]
    systems = [_SYSTEMS[word] for word in words if word in _SYSTEMS]
    return frozenset().union(*systems), frozenset(words) & _MACHINES
