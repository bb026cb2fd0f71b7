"""The crates of a repository and their trees of modules: which file is which module, by `Cargo.toml` and `mod`."""

from collections import deque
from collections.abc import Sequence

from doctown.ingest.facts import MODULE, Imported, ProjectFile
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.values import At
from doctown.ingest.project_files import path_along

_OF_FOLDER = ("mod.rs", "lib.rs", "main.rs")
_KINDS = ("dependencies", "dev-dependencies", "build-dependencies")
_TARGETS = ("tests", "examples", "benches")


class Crates:
    """Modules are known by their scope."""

    def __init__(self, tables: Tables, project_files: Sequence[ProjectFile]) -> None:
        self._tables = tables
        self._files = {file.path: number for number, file in enumerate(tables.files)}
        self._packages = _packages_in(project_files)
        self._of_file = [_package_of(file.path, self._packages) for file in tables.files]
        self._children: dict[tuple[At, str], At] = {}
        self._parents: dict[At, At] = {}
        self._roots: dict[int, int] = {}
        """File -> the file that its crate starts with."""
        for root in self._starts():
            self._grow(root, root)
        for number in sorted(range(len(tables.files)), key=lambda one: (tables.files[one].path.count("/"), one)):
            if number not in self._roots:
                self._grow(number, self._found_root(number))

    def child(self, of: At, name: str) -> At | None:
        """The module that `mod name;` in that module is."""
        return self._children.get((of, name))

    def parent(self, of: At) -> At | None:
        """The module around a module."""
        if of[1] == MODULE:
            return self._parents.get(of)
        return self._tables.module_around(of[0], self._tables.definition(of).parent or MODULE)

    def root(self, file: int) -> At:
        """The module that the crate of that file starts with."""
        return self._roots.get(file, file), MODULE

    def crate(self, file: int, name: str) -> At | None:
        """The root of the crate of the repository that the file calls so."""
        package = self._of_file[file]
        called = package.dependencies.get(name, name) if package is not None else name
        for other in self._packages:
            known = called in other.names
            if known and (other is package or package is None or name in package.dependencies):
                root = self._files.get(other.library)
                return None if root is None else (root, MODULE)
        return None

    def is_outside(self, file: int, name: str) -> bool:
        """Whether the file's package says that it uses an outside crate of that name."""
        package = self._of_file[file]
        return package is not None and name in package.dependencies

    def _starts(self) -> list[int]:
        found = [one.library for one in self._packages] + [path for one in self._packages for path in one.programs]
        for path in sorted(self._files):
            folder, _, name = path.rpartition("/")
            above = folder.rpartition("/")[2]
            is_program = name in ("lib.rs", "main.rs", "build.rs") or above == "bin" or above in _TARGETS
            if is_program and (above != "bin" or name != "mod.rs"):
                found.append(path)
        numbers = [self._files[path] for path in dict.fromkeys(found) if path in self._files]
        return sorted(numbers, key=lambda one: not self._tables.files[one].path.endswith("lib.rs"))

    def _grow(self, start: int, root: int) -> None:
        """Everything that is a module below that file."""
        if start in self._roots:
            return
        self._roots[start] = root
        left = deque([start])
        while left:
            file = left.popleft()
            for binding in self._tables.files[file].bindings:
                of = binding.value
                if isinstance(of, Imported) and of.level == -1:
                    found = self._module_file(file, binding.scope, of.module)
                    if found is None:
                        continue
                    self._children[(file, binding.scope), of.module] = (found, MODULE)
                    if found not in self._roots:
                        self._roots[found] = root
                        self._parents[found, MODULE] = self._tables.module_around(file, binding.scope)
                        left.append(found)

    def _module_file(self, file: int, scope: int, name: str) -> int | None:
        path = self._tables.files[file].path
        folder, _, own = path.rpartition("/")
        inside = [
            self._tables.definition(at).name for at in self._tables.scopes_around(file, scope) if at[1] != MODULE
        ][::-1]
        stands_for_folder = own in _OF_FOLDER or self._roots.get(file) == file
        if name.endswith(".rs"):
            return self._files.get(path_along(folder, *inside, name))
        within = path_along(folder, *([] if stands_for_folder else [own.removesuffix(".rs")]), *inside)
        found = self._files.get(path_along(within, f"{name}.rs"))
        return found if found is not None else self._files.get(path_along(within, name, "mod.rs"))

    def _found_root(self, file: int) -> int:
        """The crate of a file that no module speaks of (it may be spoken of in a macro): that of what it lies below."""
        path = self._tables.files[file].path
        folder, _, name = path.rpartition("/")
        around = folder.rpartition("/")[0] if name == "mod.rs" else folder
        for candidate in (*(f"{around}/{one}".lstrip("/") for one in _OF_FOLDER), f"{around}.rs"):
            found = self._files.get(candidate)
            if found is not None and found != file and found in self._roots:
                stem = folder.rpartition("/")[2] if name == "mod.rs" else name.removesuffix(".rs")
                self._children.setdefault(((found, MODULE), stem), (file, MODULE))
                self._parents[file, MODULE] = (found, MODULE)
                return self._roots[found]
        return file


class _Package:
    """What a `Cargo.toml` says: the names of its library, where that and its programs start, and what it uses."""

    def __init__(self, folder: str, said: ProjectFile) -> None:
        self.folder = folder
        package = (said.value("package.name") or "").replace("-", "_")
        self.names = {package, (said.value("lib.name") or package).replace("-", "_")}
        self.library = path_along(folder, said.value("lib.path") or "src/lib.rs")
        self.programs = [
            path_along(folder, path) for kind in ("bin", "test", "example") for path in said.values(f"{kind}.path")
        ]
        self.dependencies: dict[str, str] = {name: name for name in self.names}
        for key, value in said.entries:
            words = key.split(".")
            at = next((index for index, word in enumerate(words) if word in _KINDS), None)
            if at is not None and len(words) > at + 1 and words[0] != "workspace":
                name = words[at + 1].replace("-", "_")
                called = value.replace("-", "_") if words[-1] == "package" else self.dependencies.get(name, name)
                self.dependencies[name] = called


def _packages_in(project_files: Sequence[ProjectFile]) -> list[_Package]:
    """The packages of the repository, those in the longest folders first."""
    found = [
        _Package(one.path.rpartition("/")[0], one)
        for one in project_files
        if one.path.rpartition("/")[2] == "Cargo.toml" and one.value("package.name")
    ]
    return sorted(found, key=lambda one: (-len(one.folder), one.folder))


def _package_of(path: str, packages: Sequence[_Package]) -> _Package | None:
    return next((one for one in packages if not one.folder or path.startswith(f"{one.folder}/")), None)
