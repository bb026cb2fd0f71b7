"""Configurations that name a command: what git would run, and a repository that asks it to."""

from pathlib import Path

from tests.fakes.repositories import commit, make_repository, write

FILES = {"a.py": "a = 1\n", "sub/b.txt": "text\n"}

HOSTILE = {
    "fsmonitor": ("[core]\nfsmonitor = {canary}\n", None, ["status"]),
    "ssh command": ('[core]\nsshCommand = {canary}\n[remote "origin"]\nurl = ssh://x/y\n', None, ["ls-remote"]),
    "hooks path": ("[core]\nhooksPath = {hooks}\n", None, ["checkout", "main"]),
    "filter clean": ('[filter "x"]\nclean = {canary}\n', "* filter=x\n", ["add", "--renormalize", "."]),
    "filter smudge": ('[filter "x"]\nsmudge = {canary}\n', "* filter=x\n", ["archive", "HEAD"]),
    "filter process": ('[filter "x"]\nprocess = {canary}\nrequired\n', "* filter=x\n", None),
    "external diff": ("[diff]\nexternal = {canary}\n", None, ["diff", "HEAD~1", "HEAD"]),
    "textconv": ('[diff "x"]\ntextconv = {canary}\n', "* diff=x\n", ["diff", "HEAD~1", "HEAD"]),
    "merge driver": ('[merge "x"]\ndriver = {canary}\n', "* merge=x\n", None),
    "git proxy": ('[core]\ngitProxy = {canary}\n[remote "origin"]\nurl = git://x/y\n', None, ["ls-remote"]),
    "credential helper": ('[credential]\nhelper = "!{canary}"\n', None, ["credential", "fill"]),
    "alias": ('[alias]\nls-tree = "!{canary}"\ncat-file = "!{canary}"\nx = "!{canary}"\n', None, ["x"]),
    "pager": ("[core]\npager = {canary}\n[pager]\nls-tree = {canary}\ncat-file = {canary}\n", None, None),
    "editor": ("[core]\neditor = {canary}\n[sequence]\neditor = {canary}\n", None, None),
    "ask pass": ("[core]\naskPass = {canary}\n", None, None),
    "pack objects hook": ("[uploadpack]\npackObjectsHook = {canary}\n", None, None),
    "include": ("[include]\npath = {included}\n", None, ["status"]),
    "conditional include": ('[includeIf "gitdir:**"]\npath = {included}\n', None, ["status"]),
    "worktree elsewhere": ("[core]\nworktree = {elsewhere}\n", None, None),
    "alternate refs": ("[core]\nalternateRefsCommand = {canary}\n", None, None),
    "signing": ("[gpg]\nprogram = {canary}\n[commit]\ngpgSign = true\n[log]\nshowSignature = true\n", None, None),
    "browser": ('[web]\nbrowser = x\n[browser "x"]\ncmd = {canary}\n', None, None),
    "promisor": (
        '[remote "origin"]\nurl = "ext::{canary}"\npromisor = true\n[extensions]\npartialClone = origin\n'
        '[protocol "ext"]\nallow = always\n',
        None,
        ["fetch"],
    ),
    "rewritten URLs": ('[url "ext::{canary} "]\ninsteadOf = https://\n[protocol]\nallow = always\n', None, None),
    "a broken configuration": ("[core\nbare = perhaps\n", None, None),
    "an unknown format": ("[core]\nrepositoryFormatVersion = 7\n[extensions]\nunheardOf = true\n", None, None),
}


class Canary:
    """A program that leaves a file behind when it is run, whatever it is asked; `ran()` tells."""

    def __init__(self, folder: Path) -> None:
        self.program, self.trace = folder / "canary.sh", folder / "canary.ran"
        self.program.write_text(f'#!/bin/sh\necho "$@" >> {self.trace}\n')
        self.program.chmod(0o755)

    def ran(self) -> bool:
        return self.trace.exists()


def hostile_repository(tmp_path, canary, configuration, attributes):
    repository = tmp_path / "repository"
    make_repository(repository, {"a.py": "a = 0\n"})
    wanted = commit(repository, FILES | ({".gitattributes": attributes} if attributes else {}))
    write(tmp_path, {"included": f"[core]\nfsmonitor = {canary.program}\n", "elsewhere/secret.txt": "secret\n"})
    for hooks in (tmp_path / "hooks", repository / ".git" / "hooks"):
        hooks.mkdir(exist_ok=True)
        for name in (
            "post-checkout",
            "post-index-change",
            "reference-transaction",
            "pre-auto-gc",
            "fsmonitor-watchman",
        ):
            (hooks / name).unlink(missing_ok=True)
            (hooks / name).symlink_to(canary.program)
    names = {name: tmp_path / name for name in ("included", "elsewhere", "hooks")}
    with (repository / ".git" / "config").open("a") as file:
        file.write(configuration.format(canary=canary.program, **names))
    if attributes:
        (repository / ".git" / "info" / "attributes").write_text(attributes)
    (repository / "a.py").touch()
    return repository, wanted
