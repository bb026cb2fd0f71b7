"""What a person may mean by the name of a branch, tag or commit, and which names come near one that is not there."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
"""A full commit id: of sha1, or of sha256."""
ABBREVIATED = re.compile(r"[0-9a-fA-F]{4,64}")

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)")
_PLACES = ("refs/tags/", "refs/heads/", "refs/remotes/", "refs/remotes/origin/")


def is_ref_name(name: str) -> bool:
    """Whether git would take `name` for a ref: nothing in it that is an option, a pattern or a way out of a folder."""
    if not name or len(name) > 1_000 or name.startswith(("-", "+", "/", ".")) or name.endswith(("/", ".")):
        return False
    return name != "@" and not _FORBIDDEN.search(name)


def full_names_of(ref: str) -> tuple[str, ...]:
    """The full names that `ref` may stand for, in git's order; none where it is no name at all."""
    if not is_ref_name(ref):
        return ()
    return tuple([ref] if ref.startswith("refs/") else []) + tuple(place + ref for place in _PLACES)


def short_name_of(full_name: str) -> str:
    """What people call the branch or tag `full_name`."""
    place = next((place for place in ("refs/heads/", "refs/tags/", "refs/remotes/") if full_name.startswith(place)), "")
    return full_name[len(place) :]


def nearest(ref: str, full_names: Iterable[str]) -> tuple[str, ...]:
    """At most five branches and tags of `full_names`: those that resemble `ref`, or else the first."""
    names = sorted({short_name_of(name) for name in full_names if is_ref_name(name)})
    near = get_close_matches(ref[:200], names[:5_000], n=5, cutoff=0.6)
    usual = [name for name in ("main", "master", "trunk", "develop") if name in names]
    return tuple(near or list(dict.fromkeys(usual + names))[:5])


def sentence_of_unknown(ref: str, full_names: Iterable[str]) -> str:
    """What to tell the person who asked for `ref`, which is none of `full_names`."""
    there = nearest(ref, full_names)
    advice = f"it has {', '.join(there)}" if there else "it has no branches or tags"
    return f"The repository has no branch, tag or commit {ref[:200]!r}; {advice}."
