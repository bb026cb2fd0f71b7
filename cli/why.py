"""`doctown plan REPO --why PATH`: why one file is indexed or missing, in one sentence, and what would change that.

The files are chosen as `index` chooses them, and only the one that is asked about is read.
"""

import difflib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from adapters.git_folder import git_folder_at, small_file
from adapters.git_tokens import git_tokens
from adapters.plain_folder import rule_against
from adapters.scratch import scratch_in
from adapters.secret_scanner import SecretScanner
from adapters.settings import Settings
from adapters.sources import Source, opened
from doctown.errors import RepositoryNotFound
from doctown.ingest import outlines
from doctown.ingest.encodings import Text, decoded
from doctown.ingest.facts import DoesNotParse
from doctown.ingest.filters import reason_by_content
from doctown.ingest.languages import JUPYTER, language_of
from doctown.ingest.patterns import MAX_BYTES
from doctown.ingest.secrets import IN_ITS_NAME
from doctown.ingest.syntax import LANGUAGES
from doctown.steps import IngestRequest

_REMEDIES = {
    "submodule": "index that repository by itself",
    "symbolic link": "ask about the file it leads to",
    "secret": "rename it if it holds none",
    "too large": "split it",
    "Git LFS pointer": "index a copy that holds the content",
    "not UTF-8": "save it as UTF-8, or declare its encoding in its first line",
    "excluded": "take that pattern away, or put ! before a later one",
    "not included": "add a pattern that names it",
    "empty": "",
    "notebook": "",
    "not text": "",
    "path": "",
    "not readable": "",
    "not a regular file": "",
    "too deep": "",
}
"""What helps against a reason, by the words before its colon; against all others a pattern that takes the file back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the file is indexed, and the sentence that says why or why not."""

    path: str
    is_indexed: bool
    reason: str | None
    sentence: str


def why(request: IngestRequest, path: str, settings: Settings) -> Answer:
    """What becomes of the file at `path`, relative to the root of the repository. Raises what `opened` does."""
    asked = "/".join(part for part in path.split("/") if part not in ("", "."))
    with (
        scratch_in(Path(settings.cache)) as scratch,
        opened(
            *(request.repository, request.ref, request.path, request.limits, scratch),
            patterns=(request.include, request.exclude),
            allow_private=settings.private_repositories,
            tokens=git_tokens(settings.git_tokens.get_secret_value()),
        ) as source,
    ):
        shown = _as_told(request, settings)
        for entry in source.listed:
            if entry.path == asked:
                ((_, data),) = source.read([entry])
                reason = reason_by_content(asked, data, by_looks=entry.by_looks)
                if shown(asked) != asked:
                    reason = IN_ITS_NAME
                if reason is None:
                    return Answer(asked, True, None, f"{asked} is indexed{_how(asked, data)}.")
                break
        else:
            reason = _reason_skipped(source, asked)
        if reason is not None:
            reason = shown(reason)  # it may quote a pattern
            return Answer(asked, False, reason, f"{asked} is not indexed: {reason}{_remedy(reason, asked)}.")
        inside = (request.path or "").strip("/")
        if inside and not asked.startswith(inside + "/"):
            return Answer(asked, False, None, f"{asked} does not lie below --path {inside}.")
        return Answer(asked, False, None, _absent(source, asked, request.repository, shown))


def _as_told(request: IngestRequest, settings: Settings) -> Callable[[str], str]:
    """Of a path what may be told of it: a secret in it is masked, unless they are to be kept."""
    if not request.mask_secrets:
        return lambda path: path
    return lambda path: SecretScanner(Path(settings.cache)).masked_paths([path]).get(path, path)


def _reason_skipped(source: Source, path: str) -> str | None:
    """Why the file, or a folder around it, is left out; None where nothing is known of it."""
    for one in source.skipped:
        if one.path == path or (one.path.endswith("/") and (path + "/").startswith(one.path)):
            return one.reason
    return None


def _how(path: str, data: bytes) -> str:
    """What a file that is indexed lacks, and why."""
    text, language = decoded(data), language_of(path, data[:512])
    if language == JUPYTER:
        return ": what its cells say, without their outputs"
    if language not in LANGUAGES:
        return ""
    if isinstance(text, Text) and text.is_foreign:
        return f" as text without symbols: its encoding is {text.encoding}, not UTF-8"
    try:
        outlines.read(path, language, data)
    except DoesNotParse as error:
        return f" as text without symbols: it does not parse, from line {error.line} on"
    return ""


def _remedy(reason: str, path: str) -> str:
    remedy = _REMEDIES.get(reason.partition(": ")[0], f"to have it all the same, add --exclude '!{path}'")
    return f"; {remedy}" if remedy else ""


def _absent(source: Source, path: str, repository: str, shown: Callable[[str], str]) -> str:
    name, commit = source.repository.name, source.repository.commit
    below = sum(entry.path.startswith(path + "/") for entry in source.listed)
    skipped = sum(one.path.startswith(path + "/") for one in source.skipped)
    if below or skipped:
        return f"{path} is a folder, of which {below:,} files may be indexed and {skipped:,} are not; ask about one."
    where = f"the commit {commit[:10]} of {name}" if commit else name
    if commit and source.repository.url is None and (told := _on_disk(Path(repository), path)):
        return f"{path} is not in {where}, which is what is indexed: {told}."
    close = _closest(path, [*(entry.path for entry in source.listed), *(one.path for one in source.skipped)])
    return f"There is no {path} in {where}{f'; did you mean {shown(close)}?' if close else '.'}"


def _on_disk(repository: Path, path: str) -> str | None:
    """What git would say of a file that lies in the worktree only; None where it does not."""
    place = repository.expanduser() / path
    if ".." in path.split("/") or not os.path.lexists(place):
        return None
    exclude = b""
    try:
        if git_folder := git_folder_at(repository.expanduser()):
            exclude = (small_file(git_folder.shared / "info" / "exclude", MAX_BYTES) or "").encode(errors="replace")
    except RepositoryNotFound:
        return None
    rule = rule_against(repository.expanduser(), path, exclude)
    if rule is None:
        return "it was never committed; git add and commit it"
    return f"git ignores it by {rule.source} line {rule.line} ({rule.text}); git add it with --force, and commit it"


def _closest(path: str, there: Iterable[str]) -> str | None:
    known = sorted(there)
    name = path.rpartition("/")[2].lower()
    of_that_name = [one for one in known if one.rpartition("/")[2].lower() == name]
    return next(iter(of_that_name or difflib.get_close_matches(path, known[:20_000], 1)), None)
