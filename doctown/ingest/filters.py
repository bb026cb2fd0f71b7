"""What is not indexed, and why: rules on a file's path and size, then rules on its bytes. Each gives a short reason.

The rules are data, so that a reader can see at once what is left out. What is no regular file (symbolic links,
submodules) never comes here; who reads a repository says so itself.
"""

import re

from doctown.ingest.languages import PROSE, language_of
from doctown.steps import Limits

_MAX_PATH = 4_096  # characters: no file system allows longer ones; a git tree does
_LONGEST_LINE = 10_000  # bytes: what nobody has written by hand
_LONGEST_AVERAGE = 400  # bytes a line, in files of some size
_SOME_SIZE = 4_000  # bytes


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRET_NAMES = _words(
    ".dockercfg .env .envrc .git-credentials .htpasswd .netrc .npmrc .pgpass .pypirc _netrc "
    "id_dsa id_ecdsa id_ed25519 id_rsa"
)
_SECRET_ENDINGS = _words("jks key keystore kdbx p12 pem pfx pkcs12 ppk")
_SHOWN_SECRETS = (".example", ".sample", ".template", ".dist")

_OF_GIT = _words(".git-blame-ignore-revs .gitattributes .gitignore .gitkeep .gitmodules .mailmap")

_TELLING_WHEN_EMPTY = _words("__init__.py __init__.pyi")
"""Files whose name alone says something: that their folder is a package."""

_VENDORED = _words(
    "3rdparty _vendor bower_components carthage dist-packages godeps jspm_packages node_modules pods site-packages "
    "third-party third_party thirdparty vendor vendored"
)
_CACHES = _words(
    ".cache .eggs .gradle .hypothesis .ipynb_checkpoints .mypy_cache .next .nox .nuxt .parcel-cache .pytest_cache "
    ".ruff_cache .svn .hg .terraform .tox .venv __pycache__ venv"
)

_LOCK_NAMES = _words(
    "bun.lockb cabal.project.freeze conda-lock.yml go.sum go.work.sum gradle.lockfile npm-shrinkwrap.json "
    "package-lock.json package.resolved packages.lock.json pnpm-lock.yaml .pnp.cjs .pnp.loader.mjs"
)
_MINIFIED = re.compile(r"([.-]min\.(js|mjs|cjs|css)|\.bundle\.(js|css)|\.(js|mjs|cjs|css|ts)\.map)$")
_GENERATED_NAMES = re.compile(
    r"(_pb2(_grpc)?\.pyi?|\.pb\.(go|cc|h|rs)|_pb\.(js|d\.ts)|\.g(\.dart|\.cs)|\.freezed\.dart|\.designer\.(cs|vb))$"
)

_BINARY: dict[str, str] = {
    ending: what
    for what, endings in {
        "image": "ai avif bmp cur eps gif heic icns ico jpeg jpg jxl pbm pgm png ppm ps psd svg svgz tga tif tiff webp",
        "sound or video": "aac aiff avi flac flv m4a mid midi mkv mov mp3 mp4 mpeg mpg oga ogg opus wav webm wma wmv",
        "font": "eot otf ttc ttf woff woff2",
        "archive": "7z apk bz2 cab deb dmg gem gz img iso jar lz4 lzma nupkg rar rpm tar tgz txz war whl xz zip zst",
        "document": "doc docx epub key mobi numbers odg odp ods odt pages pdf ppt pptx rtf xls xlsm xlsx",
        "compiled code": "a bc beam bin class dex dll dylib elc exe ko lib lo mo o obj pdb pyc pyd pyo rlib so wasm",
        "data": (
            "arrow avro bak ckpt dat db dbf dump feather ggml gguf h5 hdf5 joblib mat mdb mmdb msgpack npy npz onnx "
            "orc parquet pb pickle pkl pth rdata rds safetensors sav shp sqlite sqlite3 swp tfrecord tflite"
        ),
        "three-dimensional model": "3ds blend dae dwg fbx glb obj stl step stp",
        "key or signature": "asc cer crt der gpg p7s",
    }.items()
    for ending in endings.split()
}

_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_COMMENT = rb"[ \t]*(?://|/\*|\*|\#|--|;|%|<!--|'|\(\*|\"\"\"|REM\b|dnl\b)"
_STRONG_MARKS = re.compile(
    _COMMENT + rb"[^\n]*(?:@generated\b|(?i:\bgenerated\b[^\n]*\bdo not (?:edit|modify|change)\b)"
    rb"|(?i:\bdo not (?:edit|modify|change)\b[^\n]*\bgenerated\b))"
)
_WEAK_MARKS = re.compile(_COMMENT + rb"[^\n]*(?i:\b(?:automatically|machine)[ -]generated\b|\bauto-?generated\b)")


def reason_by_folder(path: str) -> str | None:
    """Why nothing below the folder `path` is indexed, or None; for whoever walks a folder and need not enter it."""
    for part in path.lower().split("/"):
        if part in _VENDORED:
            return f"vendored: below {part}"
        if part in _CACHES:
            return f"cache or environment: below {part}"
        if part == ".git":
            return "git's own"
    return None


def reason_by_path(path: str, size: int, limits: Limits) -> str | None:
    """Why the file at `path` (POSIX, relative) of `size` bytes is not indexed, or None; its bytes need not be read."""
    folder, _, name = path.lower().rpartition("/")
    ending = name.rpartition(".")[2] if "." in name else ""
    if len(path) > _MAX_PATH or any(part in ("", ".", "..") for part in path.split("/")):
        return "path: not one that a folder can hold"
    if _is_secret(name, ending):
        return "secret: named like a key or password file"
    if name in _OF_GIT or name == ".git":
        return "git's own"
    if folder and (reason := reason_by_folder(folder)):
        return reason
    if name in _LOCK_NAMES or ending == "lock" or name.endswith(("-lock.json", "-lock.yaml", ".lock.hcl")):
        return "lock file"
    if _MINIFIED.search(name):
        return "minified: by its name"
    if _GENERATED_NAMES.search(name):
        return "generated: by its name"
    if ending in _BINARY:
        return f"binary: {_BINARY[ending]} by its ending"
    if size > limits.max_file_bytes:
        return f"too large: larger than {limits.max_file_bytes:,} bytes"
    return "empty" if size == 0 and name not in _TELLING_WHEN_EMPTY else None


def _is_secret(name: str, ending: str) -> bool:
    if name.endswith(_SHOWN_SECRETS):
        return False
    return name in _SECRET_NAMES or ending in _SECRET_ENDINGS or name.startswith(".env.")


def reason_by_content(path: str, data: bytes) -> str | None:
    """Why the file at `path`, whose bytes are `data`, is not indexed, or None."""
    if not data.strip():
        return None if path.rpartition("/")[2].lower() in _TELLING_WHEN_EMPTY else "empty"
    if data.startswith(_LFS_POINTER):
        return "Git LFS pointer: the content lies elsewhere"
    if b"\0" in data:
        return "binary: holds a NUL byte"
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return f"not UTF-8: byte {error.start:,}"
    if language_of(path, data[:512]) in PROSE:
        return None
    lines = data.splitlines()
    if any(_STRONG_MARKS.match(line) for line in lines[:20]) or any(_WEAK_MARKS.match(line) for line in lines[:5]):
        return "generated: it says so in its first lines"
    if max(map(len, lines)) > _LONGEST_LINE:
        return f"minified: a line of more than {_LONGEST_LINE:,} bytes"
    if len(data) > _SOME_SIZE and len(data) / len(lines) > _LONGEST_AVERAGE:
        return f"minified: more than {_LONGEST_AVERAGE} bytes a line"
    return None
