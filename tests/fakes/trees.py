"""A small tree of folders with awkward names, and rules for it as hypothesis makes them: for comparisons with git.

The tree is made once and only its rules change, so that a comparison costs one run of git.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from tests.fakes.repositories import git, write

_FOLDERS = ("", "a", "a/b", "a/b/é", "ab", "b", "b/a", "b/[")
_NAMES = ("a.py", "b", "abc", "c.py", "a b", "a-b", "a]", "x ", "#a", "!b", "a\\", "é.py", ".a", "a\tb", "B", "\udcff")
RULED = ("", "a", "b/a")
"""The folders that may have rules."""
FILES = [f"{folder}/{name}".lstrip("/") for folder in _FOLDERS for name in _NAMES if name != "b" or folder != "a"]
FOLDERS = [folder for folder in _FOLDERS if folder]

_PIECES = (
    *("a", "b", "c", ".py", "é", " ", "-", "#", "!", ".", "abc", "a/", "b/", "B"),
    *("*", "*", "**", "***", "?", "/", "/", "**/", "/**", "\\", "\\ ", "\\*", "\\/"),
    *(
        "[ab]",
        "[!a]",
        "[^b]",
        "[a-c]",
        "[",
        "]",
        "[]a]",
        "[[:alpha:]]",
        "[[:space:]]",
        "[a-",
        "[\\]]",
        "[[:no:]]",
        "[c-a]",
    ),
)
pattern = st.one_of(
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6).map("".join),
    st.sampled_from([*FILES, *FOLDERS]),
    st.sampled_from([f"/{one}" for one in FOLDERS] + [f"{one}/" for one in FOLDERS] + [f"!{one}" for one in FILES]),
)


def make_tree(root: Path) -> Path:
    """A git repository below `root` with the tree in it, and no rules."""
    tree = root / "tree"
    tree.mkdir()
    git(tree, "init", "--quiet")
    (tree / ".git" / "info" / "exclude").write_bytes(b"")
    files = [path for path in FILES if path not in FOLDERS]
    write(tree, dict.fromkeys(files, "x\n"))
    return tree


def put(tree: Path, name: str, rules: dict[str, bytes]) -> None:
    """Write the files `name` with the `rules` by folder, and no others of that name."""
    for folder in RULED:
        place = os.path.join(tree, folder, name)
        if folder in rules:
            with open(place, "wb") as file:
                file.write(rules[folder])
        elif os.path.exists(place):
            os.unlink(place)


def paths_of(tree: Path) -> Sequence[tuple[str, bool]]:
    """Every path of the tree, and whether it is a folder."""
    return [(path, False) for path in FILES if path not in FOLDERS] + [(path, True) for path in FOLDERS]
