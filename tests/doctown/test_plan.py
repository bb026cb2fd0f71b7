"""The counts of a plan, over rows made by hand."""

from hypothesis import given
from hypothesis import strategies as st

from doctown.model import Chunk, Skipped, Symbol
from doctown.plan import FolderCount, LanguageCount, plan_of


def chunk(path, start=0, end=10, tokens=5, language="python"):
    return Chunk(f"{path}:{start}", path, language, 1, 2, start, end, (), tokens, "text")


def symbol(path, kind, start, end):
    return Symbol(f"{path}:{start}", kind, (), "n", "q", "python", path, 1, 2, start, end, "", "", None)


def stats(**languages):
    return {"languages": languages}


PYTHON = {"files": 2, "lines": 20, "bytes": 30, "chunks": 3}


def test_languages_come_with_the_tokens_of_their_chunks_the_largest_first():
    chunks = [chunk("a.md", tokens=100, language="markdown"), chunk("a.py"), chunk("b.py"), chunk("b.py", 10, 20)]
    markdown = {"files": 1, "lines": 2, "bytes": 9, "chunks": 1}
    plan = plan_of(chunks, [], [], stats(python=PYTHON, markdown=markdown))
    assert list(plan.languages.items()) == [
        ("markdown", LanguageCount(1, 2, 9, 1, 100)),
        ("python", LanguageCount(2, 20, 30, 3, 15)),
    ]
    assert (plan.chunks, plan.tokens) == (4, 115)


def test_a_folder_counts_all_that_lies_below_it():
    chunks = [chunk("src/a/x.py"), chunk("src/a/x.py", 10, 20), chunk("src/b/y.py", tokens=7)]
    skipped = [Skipped("src/b/logo.png", "binary: image by its ending"), Skipped("uv.lock", "lock file")]
    plan = plan_of(chunks, [], skipped, stats())
    assert plan.folders == (
        FolderCount("", 2, 2, 3, 17),
        FolderCount("src", 2, 1, 3, 17),
        FolderCount("src/a", 1, 0, 2, 10),
        FolderCount("src/b", 1, 1, 1, 7),
    )


def test_a_file_without_text_is_kept_for_the_module_it_is():
    plan = plan_of([], [symbol("pkg/__init__.py", "module", 0, 0)], [], stats())
    assert plan.folders == (FolderCount("", 1, 0, 0, 0), FolderCount("pkg", 1, 0, 0, 0))


def test_a_folder_that_is_left_out_as_one_is_counted_in_itself():
    plan = plan_of([], [], [Skipped("web/node_modules/", "vendored: below node_modules")], stats())
    assert [(folder.path, folder.skipped) for folder in plan.folders] == [("", 1), ("web", 1), ("web/node_modules", 1)]


def test_reasons_are_gathered_by_their_first_words_with_details_and_folders():
    skipped = [
        Skipped("docs/a.png", "binary: image by its ending"),
        Skipped("docs/b.png", "binary: image by its ending"),
        Skipped("x.bin", "binary: holds a NUL byte"),
        Skipped("uv.lock", "lock file"),
    ]
    binary, lock = plan_of([], [], skipped, stats()).skipped
    assert (binary.reason, binary.files) == ("binary", tuple(skipped[:3]))
    assert list(binary.details.items()) == [("image by its ending", 2), ("holds a NUL byte", 1)]
    assert list(binary.folders.items()) == [("docs", 2), ("", 1)]
    assert (lock.reason, dict(lock.details)) == ("lock file", {})


def test_a_function_is_cut_where_another_chunk_starts_within_it():
    chunks = [chunk("a.py", 0, 50), chunk("a.py", 50, 80), chunk("a.py", 80, 99), chunk("b.py", 20, 30)]
    functions = [("function", 0, 70), ("method", 80, 99), ("function", 10, 50), ("class", 0, 99), ("module", 0, 99)]
    plan = plan_of(chunks, [symbol("a.py", *one) for one in functions], [], stats())
    assert (plan.functions, plan.cut_functions) == (3, 1)


names = st.text("ab", min_size=1, max_size=2)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@given(kept=st.sets(paths, max_size=12), skipped=st.sets(paths, max_size=12))
def test_the_root_has_every_file_and_no_folder_more_than_the_one_above_it(kept, skipped):
    rows = [Skipped(path, "empty") for path in sorted(skipped)]
    folders = {one.path: one for one in plan_of([chunk(path) for path in kept], [], rows, stats()).folders}
    root = folders[""]
    assert (root.kept, root.skipped, root.chunks, root.tokens) == (len(kept), len(skipped), len(kept), 5 * len(kept))
    for path, folder in folders.items():
        above = folders[path.rpartition("/")[0]]
        assert folder.kept <= above.kept and folder.skipped <= above.skipped and folder.tokens <= above.tokens
        assert folder.kept == sum(one.startswith(f"{path}/" if path else "") for one in kept)
