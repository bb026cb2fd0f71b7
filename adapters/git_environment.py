"""What git is told by us and by nobody else: the configuration of our repositories, the environment of every call.

And what a call may take of this machine: memory, and the size of a file it writes. How git is called is left to
`adapters.git`.
"""

import os
from collections.abc import Mapping
from pathlib import Path

CONFIGURATION = """\
[core]
    repositoryFormatVersion = 1
    bigFileThreshold = 8m
    packedGitWindowSize = 32m
    packedGitLimit = 512m
    deltaBaseCacheLimit = 64m
    bare = true
    hooksPath = /dev/null
    fsmonitor = false
    attributesFile = /dev/null
    excludesFile = /dev/null
[extensions]
    objectFormat = {object_format}
[protocol]
    allow = never
[protocol "https"]
    allow = always
[credential]
    helper =
[http]
    followRedirects = false
    sslVerify = true
    lowSpeedLimit = 1000
    lowSpeedTime = 60
[pack]
    threads = 2
[transfer]
    bundleURI = false
    credentialsInUrl = die
[fetch]
    unpackLimit = 1
    recurseSubmodules = false
    writeCommitGraph = false
[gc]
    auto = 0
[maintenance]
    auto = false
"""

_INHERITED = (
    *("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"),
    *("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
)
"""How this machine reaches programs and the network; the only variables that git gets from outside."""

MEMORY_BYTES = 2_000_000_000
"""The most memory of one git process. A small file may be packed as the difference to one of gigabytes."""

CPU_S = 600
"""The most seconds of a processor for one git process that fetches: what is small to send may be long to unpack."""

BOUNDED = ("sh", "-c", f'ulimit -d {MEMORY_BYTES // 1024} 2>/dev/null; exec "$@"', "sh")
"""Before a command: it is held to MEMORY_BYTES, mapped files not counted, from its first instant on."""


def environment_of(git_dir: Path, home: Path) -> Mapping[str, str]:
    """The variables of a call of git in `git_dir`; `home` is an empty folder."""
    inherited = {name: os.environ[name] for name in _INHERITED if os.environ.get(name)}
    if "SSL_CERT_FILE" in inherited:
        inherited.setdefault("GIT_SSL_CAINFO", inherited["SSL_CERT_FILE"])
    return inherited | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C",
        "GIT_DIR": str(git_dir),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "https",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_SSH_COMMAND": "false",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
    }
