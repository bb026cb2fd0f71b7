"""Where an import leads."""

import pytest

from doctown.ingest.python.modules import MAX_DOTTED, Modules


def places(paths, importer, module, level=0):
    return Modules(paths).places(importer, module, level)


def test_a_module_is_found_from_the_root_and_from_a_source_folder():
    assert places(["pkg/__init__.py", "pkg/a.py", "b.py"], "b.py", "pkg.a") == ["pkg/a"]
    assert places(["src/pkg/__init__.py", "src/pkg/a.py", "tests/t.py"], "tests/t.py", "pkg.a") == ["src/pkg/a"]


def test_a_file_beside_the_importing_script_comes_first():
    paths = ["a/run.py", "a/utils.py", "b/run.py", "b/utils.py", "utils.py"]
    assert places(paths, "a/run.py", "utils") == ["a/utils"]
    assert places(paths, "b/run.py", "utils") == ["b/utils"]
    assert places(paths, "c.py", "utils") == ["utils"]


def test_within_a_package_an_absolute_import_is_not_a_relative_one():
    paths = ["pkg/__init__.py", "pkg/a.py", "pkg/utils.py"]
    assert places(paths, "pkg/a.py", "utils") == []
    assert places(paths, "pkg/a.py", "utils", 1) == ["pkg/utils"]


def test_a_folder_without_init_is_a_package_too():
    paths = ["name/space/a.py", "b.py"]
    assert places(paths, "b.py", "name.space.a") == ["name/space/a"]
    assert places(paths, "b.py", "name.space") == ["name/space"]
    assert Modules(paths).file_at("name/space") is None
    assert Modules(paths).below("name/space", "a") == "name/space/a"


@pytest.mark.parametrize("paths", [["a.pyi", "a.py"], ["a.py", "a.pyi"]])
def test_a_module_goes_before_the_stub_beside_it(paths):
    assert paths[Modules(paths).file_at("a")] == "a.py"


@pytest.mark.parametrize("paths", [["a.py", "a/__init__.py"], ["a/__init__.pyi", "a.py", "a/__init__.py"]])
def test_a_package_goes_before_a_module_of_its_name(paths):
    assert paths[Modules(paths).file_at("a")] == "a/__init__.py"


def test_a_module_of_the_standard_library_is_outside_whatever_the_repository_has():
    assert places(["json.py", "a.py"], "a.py", "json") == []
    assert places(["pkg/json.py", "pkg/a.py"], "pkg/a.py", "json", 1) == ["pkg/json"]


def test_relative_imports_count_folders_up_from_the_importing_file():
    paths = ["p/__init__.py", "p/q/__init__.py", "p/q/a.py", "p/b.py", "c.py"]
    assert places(paths, "p/q/a.py", "", 1) == ["p/q"]
    assert places(paths, "p/q/__init__.py", "a", 1) == ["p/q/a"]
    assert places(paths, "p/q/a.py", "b", 2) == ["p/b"]
    assert places(paths, "p/q/a.py", "c", 3) == ["c"]


def test_the_root_is_a_package_to_the_files_in_it():
    paths = ["a.py", "b.py"]
    assert places(paths, "a.py", "b", 1) == ["b"]
    assert places(paths, "a.py", "", 1) == [""]
    assert Modules(paths).below("", "b") == "b"


@pytest.mark.parametrize(
    ("importer", "module", "level", "name", "dotted"),
    [
        ("a/b/c.py", "x.y", 0, "z", "x.y.z"),
        ("a/b/c.py", "x", 1, None, "a.b.x"),
        ("a/b/c.py", "x", 2, "y", "a.x.y"),
        ("a/b/c.py", "x", 3, "y", "x.y"),
        ("a/b/c.py", "x", 4, "y", "x.y"),
        ("a/b/c.py", "", 40, "y", "y"),
        ("c.py", "", 2, None, ""),
    ],
)
def test_what_leads_nowhere_is_named_as_far_as_it_is_known(importer, module, level, name, dotted):
    modules = Modules([importer])
    assert modules.dotted(importer, module, level, name) == dotted


def test_an_import_beyond_the_top_leads_nowhere():
    assert places(["a/b/c.py", "a/x.py", "x.py"], "a/b/c.py", "x", 5) == []


def test_a_name_outside_is_not_kept_whole_at_any_length():
    assert len(Modules([]).dotted("a.py", "x." * 9_000, 0, "y" * 9_000)) == MAX_DOTTED


@pytest.mark.parametrize("module", ["", ".", "..", "a..b", "a.", ".a", "a b", "é", "a/b", "../a"])
def test_strange_names_lead_nowhere_or_somewhere_but_never_raise(module):
    modules = Modules(["a/b.py", "a/__init__.py", "é.py", "new\nline.py"])
    for level in (0, 1, 7):
        assert isinstance(modules.places("a/b.py", module, level), list)
        assert isinstance(modules.dotted("a/b.py", module, level), str)


def test_in_several_libraries_of_one_name_the_nearest_is_meant():
    paths = [f"{root}/src/lib/__init__.py" for root in ("one", "two")] + ["one/tests/t.py", "three/t.py"]
    assert places(paths, "one/tests/t.py", "lib") == ["one/src/lib"]
    assert places(paths, "three/t.py", "lib") == ["one/src/lib", "two/src/lib"]


@pytest.mark.timeout(20)
def test_thousands_of_folders_are_no_burden():
    paths = [f"d{at}/utils.py" for at in range(5_000)]
    modules = Modules(paths)
    for at in range(5_000):
        assert modules.places(f"d{at}/run.py", "utils", 0) == [f"d{at}/utils"]
        assert modules.places(f"d{at}/run.py", "numpy", 0) == []
