"""Files the terminal writes for a person: whole or not at all, and the docpacks it reads."""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from doctown.docpack import Docpack
from doctown.errors import DocpackInvalid, OutputNotWritable


def file_name_of(repository: str) -> str:
    """A file name, without ending, for a repository's name, which anyone may have chosen."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", repository).strip(".-")[:100] or "repository"


def check_writable(folder: Path) -> None:
    """Make the folder if need be and try a file in it, before any work. Raises OutputNotWritable."""
    with _sentence(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0")


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write all of `files` (name to bytes) into `folder`, or none. Raises OutputNotWritable."""
    written: list[tuple[str, Path]] = []
    try:
        with _sentence(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for name, data in files.items():
                handle, place = tempfile.mkstemp(prefix=".doctown-", dir=folder)
                written.append((place, folder / name))
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.chmod(place, 0o644)  # noqa: PTH101 as a plain file would have it; mkstemp hides it
            _put_in_place(written)
    finally:
        for place, _ in written:
            for left in (place, _older(place)):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(left)
    return [target for _, target in written]


def _put_in_place(written: Sequence[tuple[str, Path]]) -> None:
    """Rename each file to its target; where one fails, what was there before comes back."""
    placed: list[tuple[str, Path]] = []
    try:
        for place, target in written:
            with contextlib.suppress(OSError):  # no such file yet, or a file system without links
                os.link(target, _older(place))
            os.replace(place, target)
            placed.append((place, target))
    except OSError:
        for place, target in placed:
            if Path(_older(place)).exists():
                os.replace(_older(place), target)
            else:
                target.unlink()
        raise


def _older(place: str) -> str:
    return place + "-older"


@contextlib.contextmanager
def opened_docpack(path: str) -> Iterator[Docpack]:
    """The docpack at `path`. Raises DocpackInvalid, also where there is no such file."""
    try:
        with Path(path).open("rb") as stream:
            yield Docpack.open(stream)
    except OSError as error:
        raise DocpackInvalid(f"{path} cannot be read: {error.strerror}; give the path of a .docpack file.") from error


@contextlib.contextmanager
def _sentence(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputNotWritable(
            f"The output folder {folder} cannot be written: {error.strerror}; free or unlock it, "
            "or choose another with --out."
        ) from error
