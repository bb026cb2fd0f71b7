"""A git repository at an https URL: which URLs are taken, and one commit fetched from there.

Only https to a public host, without user info: whoever submits a job must not reach what this machine can reach. The
name is resolved once, checked, and pinned, so that a second answer of the name server changes nothing; redirections
are followed here, each one checked like the URL itself. git does the talking (`adapters.git`).
"""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from os import environ
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from adapters.git import Git
from adapters.git_tokens import GitToken
from doctown.errors import BadRequest, DoctownError, NothingToIndex, RefNotFound, RepositoryNotFound
from doctown.ingest.refs import ABBREVIATED, COMMIT, full_names_of, sentence_of_unknown
from doctown.steps import Limits

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(:|//)")
_SCP_LIKE = re.compile(r"[\w.-]+@[\w.-]+:")
_SERVICE = "/info/refs?service=git-upload-pack"
_MAX_REDIRECTIONS = 3
_FETCH_S, _LIST_S = 1_800.0, 60.0
_MAX_LIST = 100_000_000  # bytes
_MAX_URL = 2_000  # characters
NO_TOKENS: Mapping[str, GitToken] = {}
_NOT_FOR_ALL = [
    ip_network(network)
    for network in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10")
]
"""Networks of IPv6 that lead to addresses of IPv4, private ones too, or were meant for one site."""


def is_url(source: str) -> bool:
    """Whether `source` is meant as an address elsewhere, of whatever kind, and not as a path."""
    return bool(_URL.match(source) or _SCP_LIKE.match(source) or source.startswith("file:"))


@dataclass(frozen=True, slots=True)
class Remote:
    """A checked URL. `pin` is what curl is told about its host; empty where a proxy resolves it.

    `token` is the one for this host; None: there is none.
    """

    url: str
    host: str
    pin: str
    token: GitToken | None = None

    @property
    def name(self) -> str:
        """The last part of the URL's path without `.git`, or the host."""
        parts = [part.removesuffix(".git") for part in urlsplit(self.url).path.split("/")]
        return next((part for part in reversed(parts) if part), self.host)


def remote_at(url: str, *, allow_private: bool = False, tokens: Mapping[str, GitToken] = NO_TOKENS) -> Remote:
    """The repository at `url`; `tokens` are those of all hosts.

    Raises:
        BadRequest: not plain https without user info, or a host that is not public.
        RepositoryNotFound: no such host.
    """
    parts = urlsplit(url) if _URL.match(url) and url.isascii() and url.isprintable() and " " not in url else None
    scheme = url.partition(":")[0].lower()
    if len(url) > _MAX_URL:
        raise BadRequest(f"The URL has more than {_MAX_URL:,} characters; give the repository's https address.")
    if parts is None or parts.scheme != "https" or "::" in url.partition("/")[0]:
        if scheme == "file":
            raise BadRequest("A file: URL is not taken; give the path itself.")
        raise BadRequest("Only https:// URLs in plain ASCII and paths are taken; give the repository's https address.")
    if "@" in parts.netloc:
        raise BadRequest(
            "The URL carries user info (the part before @); give it without name, password or token; "
            "DOCTOWN_GIT_TOKENS gives a host its token."
        )
    try:
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        host, port = "", 443
    if not re.fullmatch(r"[\w.:-]+", host) or parts.query or parts.fragment or "\\" in url:
        raise BadRequest("The URL is malformed; it must look like https://host/owner/repository.")
    clean = parts._replace(query="", fragment="").geturl()
    named = parts.netloc.lower().removesuffix(":443")
    return Remote(clean, host, _pin_of(host, port, allow_private=allow_private), tokens.get(named))


def _pin_of(host: str, port: int, *, allow_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        if any(environ.get(name) for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")):
            return ""
        raise RepositoryNotFound(f"The host {host} cannot be found; check the URL and the network.") from error
    addresses = [ip_address(str(address[4][0]).partition("%")[0]) for address in found]
    if not allow_private and not all(map(_is_public, addresses)):
        raise BadRequest(f"The host {host} is not a public one (it resolves to a private address); it is not fetched.")
    names = dict.fromkeys(f"[{address}]" if address.version == 6 else str(address) for address in addresses)
    return f"{host}:{port}:{','.join(names)}"


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    leads_elsewhere = any(address in network for network in _NOT_FOR_ALL)
    return address.is_global and not address.is_multicast and not leads_elsewhere


def fetched(
    remote: Remote,
    ref: str | None,
    limits: Limits,
    scratch: Path,
    *,
    allow_private: bool,
    tokens: Mapping[str, GitToken] = NO_TOKENS,
) -> tuple[Git, str]:
    """A repository in `scratch` that holds the tree of `ref` (None: the remote's HEAD), and that commit's id.

    Raises:
        RefNotFound: no such ref, naming what there is.
        NothingToIndex: no commit at the remote's HEAD.
        RepositoryNotFound: no repository, no access, or no answer.
        LimitExceeded: larger than `limits.max_total_bytes` as it travels.
        BadRequest: a redirection to where we do not go.
    """
    asked = _wish_of(ref)
    for attempt in range(_MAX_REDIRECTIONS + 1):
        for object_format in ("sha1", "sha256"):
            git = Git(scratch / f"{attempt}-{object_format}", object_format, remote.url)
            status, said = _fetch(git, remote, asked, limits)
            if "mismatched algorithms" not in said:
                break
        if status == 0:
            return git, _commit_fetched(git, remote)
        if not re.search(r"returned error: 30[12378]", said):
            raise _error_of(said, git, remote, ref)
        remote = _redirected(git, remote, allow_private=allow_private, tokens=tokens)
    raise RepositoryNotFound(f"{remote.url} redirects more than {_MAX_REDIRECTIONS} times; give the final URL.")


def _wish_of(ref: str | None) -> str:
    if ref is None or ref == "HEAD":
        return "HEAD"
    if not COMMIT.fullmatch(ref) and not full_names_of(ref):
        raise RefNotFound(f"{ref[:200]!r} cannot be the name of a branch, tag or commit; check it.")
    return ref


def _options(remote: Remote) -> list[str]:
    pinned = ["-c", f"http.curloptResolve={remote.pin}"] if remote.pin else []
    return pinned + (remote.token.options(urlsplit(remote.url).netloc) if remote.token else [])


def _fetch(git: Git, remote: Remote, wish: str, limits: Limits) -> tuple[int, str]:
    flags = ["--depth=1", "--no-tags", "--no-recurse-submodules", "--quiet"]
    status, _, said = git.on_network(
        *(*_options(remote), "fetch", *flags, "--", remote.url, wish),
        max_bytes=limits.max_total_bytes,
        timeout_s=_FETCH_S,
        token=remote.token,
    )
    return status, said


def _commit_fetched(git: Git, remote: Remote) -> str:
    oid = (git.git_dir / "FETCH_HEAD").read_text(errors="replace").split("\t")[0]
    commit = git.commit_of(oid) if COMMIT.fullmatch(oid) else None
    if commit is None:
        raise RefNotFound(f"What {remote.url} sent is no commit; name a branch, a tag of a commit, or a commit.")
    return commit


def _redirected(git: Git, remote: Remote, *, allow_private: bool, tokens: Mapping[str, GitToken]) -> Remote:
    headers = git.trace.read_text(errors="replace")
    found = re.findall(r"header: location: (\S+)", headers, re.IGNORECASE)
    to = urljoin(remote.url + _SERVICE, found[-1]) if found else ""
    if not to.endswith(_SERVICE):
        raise RepositoryNotFound(f"{remote.url} redirects to a place that is no git repository; check the URL.")
    try:
        return remote_at(to.removesuffix(_SERVICE), allow_private=allow_private, tokens=tokens)
    except BadRequest as error:
        raise type(error)(f"{remote.url} redirects to a URL that is not followed: {error}") from error


def _error_of(said: str, git: Git, remote: Remote, ref: str | None) -> DoctownError:
    """What git's complaint means for the person who asked."""
    if re.search(r"couldn't find remote ref|not our ref|unadvertised object|unable to find remote", said):
        return _unknown(git, remote, ref)
    if re.search(r"terminal prompts disabled|could not read Username|Authentication|error: 40[134]|not found", said):
        if remote.token:
            return RepositoryNotFound(
                f"{remote.url} does not exist, or may not be read with the token that DOCTOWN_GIT_TOKENS has for "
                f"{remote.host}; check both."
            )
        return RepositoryNotFound(
            f"{remote.url} does not exist or may not be read without signing in; check the URL, or give its host a "
            "token with DOCTOWN_GIT_TOKENS."
        )
    if "Operation too slow" in said:
        return RepositoryNotFound(f"{remote.url} sends too slowly to be waited for; try again later.")
    words = [line for line in said.splitlines() if line.startswith(("fatal:", "error:"))] or ["git gave no reason"]
    last = re.sub(r"[^ -~]", "?", words[-1])[:300].rstrip(".")
    return RepositoryNotFound(f"{remote.url} could not be fetched, try again later ({last}).")


def _unknown(git: Git, remote: Remote, ref: str | None) -> DoctownError:
    if ref is None or ref == "HEAD":
        return NothingToIndex(f"The repository {remote.url} has no commit at its HEAD; name a branch with --ref.")
    if COMMIT.fullmatch(ref):
        return RefNotFound(f"{remote.url} does not hand out the commit {ref}; check it, or name a branch or tag.")
    if ABBREVIATED.fullmatch(ref):
        return RefNotFound(
            f"{remote.url} has no branch or tag {ref!r}, and hands out no abbreviated commits; give the full commit id."
        )
    arguments = [*_options(remote), "ls-remote", "--heads", "--tags", "--refs", "--", remote.url]
    _, listed, _ = git.on_network(*arguments, max_bytes=_MAX_LIST, timeout_s=_LIST_S, token=remote.token)
    names = [line.partition("\t")[2] for line in listed.decode("utf-8", "surrogateescape").splitlines()]
    return RefNotFound(sentence_of_unknown(ref, names))
