"""Attacks that lie in a repository on this machine's disk: its configuration, its objects, its tree."""

import os
from functools import partial

from tests.fakes.packs import Packed, commit_of, delta, head_of, oid_of, put_loose, put_pack, tree_of, whole
from tests.fakes.repositories import commit, git, make_repository, write
from tests.safety.attacks import Asked, Attack, Stage
from tests.safety.configurations import FILES, HOSTILE, hostile_repository

READ = frozenset(FILES)
_GIGABYTES = 3_000_000_000


def configured(stage: Stage, name: str) -> Asked:
    configuration, attributes, _ = HOSTILE[name]
    repository, _ = hostile_repository(stage.folder, stage.canary, configuration, attributes)
    return {"source": str(repository)}


def plain_repository(stage: Stage) -> str:
    make_repository(stage.folder / "repository", FILES)
    return str(stage.folder / "repository")


def attributes(stage: Stage) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, FILES)
    lines = "* filter=lfs diff=x merge=x ident export-subst\n"
    commit(repository, {".lfsconfig": f"[lfs]\nurl = ext::{stage.canary.program}\n", ".gitattributes": lines})
    write(repository, {".git/info/attributes": f"{lines}* text working-tree-encoding=UTF-16\n"})
    with (repository / ".git" / "config").open("a") as file:
        what = str(stage.canary.program)
        file.write(f'[filter "lfs"]\nsmudge = {what}\nclean = {what}\nprocess = {what}\nrequired = true\n')
        file.write(f'[diff "x"]\ncommand = {what}\ntextconv = {what}\n[merge "x"]\ndriver = {what}\n')
    return {"source": str(repository)}


def submodules(stage: Stage) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, FILES)
    urls = [f"ext::{stage.canary.program}", f"--upload-pack={stage.canary.program}", "file:///etc", "../../etc"]
    text = "".join(
        f'[submodule "{n}"]\npath = s{n}\nurl = {url}\nupdate = !{stage.canary.program}\n' for n, url in enumerate(urls)
    )
    head = git(repository, "rev-parse", "HEAD")
    write(repository, {".gitmodules": text})
    git(repository, "add", ".gitmodules")
    for number in range(len(urls)):
        git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},s{number}")
    git(repository, "commit", "--quiet", "--message", "submodules")
    return {"source": str(repository)}


def borrowed(stage: Stage, how: str) -> Asked:
    victim = stage.folder / "victim"
    make_repository(victim, {"secret.txt": "secret\n"})
    head = git(victim, "rev-parse", "HEAD")
    repository = stage.folder / "repository"
    make_repository(repository, FILES)
    objects, theirs = repository / ".git" / "objects", victim / ".git" / "objects"
    if how == "loose":
        for place in theirs.glob("??/*"):
            (objects / place.parent.name).mkdir(exist_ok=True)
            (objects / place.parent.name / place.name).symlink_to(place)
    else:
        write(objects, {f"info/{how}": f"{theirs}\n"})
    (repository / ".git" / "refs" / "heads" / "main").write_text(head + "\n")
    return {"source": str(repository)}


def replaced(stage: Stage) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, FILES)
    head, blob = git(repository, "rev-parse", "HEAD"), git(repository, "rev-parse", "HEAD:a.py")
    other = git(repository, "hash-object", "-w", "--stdin", stdin=b"replaced = 1\n")
    git(repository, "replace", blob, other)
    write(repository, {".git/info/grafts": f"{head} {other}\n", ".git/shallow": f"{other}\n"})
    return {"source": str(repository)}


def names(stage: Stage) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, {"a": "a\n"})
    blob = git(repository, "rev-parse", "HEAD:a")
    hostile = [
        "..",
        "/etc/passwd",
        "../x",
        ".git",
        ".GIT",
        ".git/config",
        ".Git/hooks/post-checkout",
        "a/../../b",
        "c//d",
    ]
    entries = [("100644", name.encode(), blob) for name in [*hostile, "git~1", ".g\u200cit", "con", "good.py"]]
    tree = put_loose(repository, "tree", tree_of(entries))
    return {"source": str(repository), "ref": put_loose(repository, "commit", commit_of(tree))}


def links(stage: Stage) -> Asked:
    write(stage.folder, {"outside/secret.txt": "secret\n"})
    repository = stage.folder / "repository"
    make_repository(repository, FILES)
    for name, target in {"etc": "/etc/passwd", "up": "../outside/secret.txt", "circle": "circle", "dir": ".."}.items():
        (repository / name).symlink_to(target)
    commit(repository, {})
    return {"source": str(repository)}


def pipes(stage: Stage) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, FILES)
    (repository / "a.py").unlink()
    for name in ("a.py", "other", ".git/packed-refs", ".git/commondir"):
        os.mkfifo(repository / name)
    return {"source": str(repository)}


def explosion(stage: Stage, leaf: str) -> Asked:
    """Ten to the power of thirty entries in some kilobytes: of files, or of folders that hold nothing."""
    repository = stage.folder / "repository"
    make_repository(repository, {"a": "a\n"})
    mode, oid = ("100644", git(repository, "rev-parse", "HEAD:a")) if leaf == "files" else ("40000", "")
    oid = oid or put_loose(repository, "tree", b"")
    for _ in range(30):
        oid = put_loose(repository, "tree", tree_of([(mode, b"%d" % n, oid) for n in range(10)]))
        mode = "40000"
    wanted = put_loose(repository, "commit", commit_of(oid))
    return {"source": str(repository), "ref": wanted} | ({"walk_s": 2} if leaf == "folders" else {})


def deep(stage: Stage, depth: int, limits: dict) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, {"a": "a\n"})
    blob = oid_of("blob", b"a\n")
    objects, oid = [whole("blob", b"a\n")], blob
    for level in range(depth):
        entries = [("100644", b"f", blob)] + ([("40000", b"t", oid)] if level else [])
        objects.append(whole("tree", tree_of(entries)))
        oid = objects[-1].oid
    objects.append(whole("commit", commit_of(oid)))
    put_pack(repository, objects)
    return {"source": str(repository), "ref": objects[-1].oid, "limits": limits}


def long_name(stage: Stage) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, {"a": "a\n"})
    blob = git(repository, "rev-parse", "HEAD:a")
    tree = put_loose(repository, "tree", tree_of([("100644", b"n" * 30_000_000, blob)]))
    return {"source": str(repository), "ref": put_loose(repository, "commit", commit_of(tree))}


def liar(stage: Stage, kind: str) -> Asked:
    """An object that says it is of three gigabytes: the commit, its tree, or what a file is a difference to."""
    repository = stage.folder / "repository"
    make_repository(repository, {"a": "a\n"})
    if kind in ("commit", "tag"):
        return {"source": str(repository), "ref": put_loose(repository, kind, b"tree ", size=_GIGABYTES)}
    if kind == "tree":
        tree = put_loose(repository, "tree", b"100644 a\0", size=_GIGABYTES)
        return {"source": str(repository), "ref": put_loose(repository, "commit", commit_of(tree))}
    base = Packed("00" * 20, head_of(3, _GIGABYTES) + whole("blob", b"\0" * 1000).data[2:])
    small = delta(len(base.data), _GIGABYTES, b"x = 1\n")
    tree = whole("tree", tree_of([("100644", b"a.py", small.oid)]))
    last = whole("commit", commit_of(tree.oid))
    put_pack(repository, [base, small, tree, last])
    return {"source": str(repository), "ref": last.oid}


def chain(stage: Stage, length: int) -> Asked:
    """Each file a difference to the one before, and that to the one before."""
    repository = stage.folder / "repository"
    make_repository(repository, {"a": "a\n"})
    objects = [whole("blob", b"0" * 50)]
    for number in range(length):
        objects.append(delta(len(objects[-1].data), 50, b"%050d" % number))
    tree = whole("tree", tree_of([("100644", b"last.txt", objects[-1].oid)]))
    last = whole("commit", commit_of(tree.oid))
    put_pack(repository, [*objects, tree, last])
    return {"source": str(repository), "ref": last.oid}


def large(stage: Stage) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, {"zeros.txt": b"0" * 300_000_000, "a.py": "a = 1\n"})
    return {"source": str(repository)}


def many(stage: Stage) -> Asked:
    repository = stage.folder / "repository"
    make_repository(repository, {"a": "a\n"})
    blob = git(repository, "rev-parse", "HEAD:a")
    tree = put_loose(repository, "tree", tree_of([("100644", b"%07d.py" % n, blob) for n in range(1_100_000)]))
    return {"source": str(repository), "ref": put_loose(repository, "commit", commit_of(tree))}


def ref(stage: Stage, name: str) -> Asked:
    return {"source": plain_repository(stage), "ref": name.format(canary=stage.canary.program)}


ON_DISK = (
    *(Attack(f"configuration: {name}", partial(configured, name=name), "read", files=READ) for name in HOSTILE),
    Attack("attributes: filters, LFS smudge, diff, merge", attributes, "read", files=READ | {".lfsconfig"}),
    Attack("submodules with commands for URLs", submodules, "read", "submodule: another repository", READ),
    Attack("alternates", partial(borrowed, how="alternates"), "RepositoryNotFound", "full clone"),
    Attack("http alternates", partial(borrowed, how="http-alternates"), "RepositoryNotFound", "full clone"),
    Attack("objects that are links elsewhere", partial(borrowed, how="loose"), "RepositoryNotFound", "full clone"),
    Attack("replace refs, grafts, a shallow file", replaced, "read", files=READ),
    Attack(
        "paths out of the tree, and .git in variants",
        names,
        "read",
        "path",
        frozenset({"git~1", ".g\u200cit", "con", "good.py"}),
    ),
    Attack("symbolic links out of the tree", links, "read", "symbolic link: not followed", READ),
    Attack("pipes where files are expected", pipes, "read", files=READ),
    Attack("ref: an option", partial(ref, name="--upload-pack={canary}"), "RefNotFound", "no branch"),
    Attack("ref: a refspec", partial(ref, name="+main:refs/heads/x"), "RefNotFound", "no branch"),
    Attack("ref: a way out", partial(ref, name="../../../etc/passwd"), "RefNotFound", "no branch"),
    Attack("ref: an expression", partial(ref, name="HEAD^{{/x}}:a.py"), "RefNotFound", "no branch"),
    Attack(
        "bomb: 10^30 files in a few trees",
        partial(explosion, leaf="files"),
        "LimitExceeded",
        "max_files",
        seconds=30,
        memory_mb=1_000,
    ),
    Attack(
        "bomb: 10^30 empty folders (walked for 2 s here, for 120 s else)",
        partial(explosion, leaf="folders"),
        "LimitExceeded",
        "to list",
        seconds=5,
    ),
    Attack(
        "bomb: folders 100,000 deep",
        partial(deep, depth=100_000, limits={"max_files": 1_000}),
        "LimitExceeded",
        seconds=30,
        memory_mb=500,
    ),
    Attack(
        "bomb: folders 3,000 deep", partial(deep, depth=3_000, limits={"max_files": 10_000}), "read", "path: not one"
    ),
    Attack(
        "bomb: paths of 20 MB in all",
        partial(deep, depth=6_000, limits={"max_files": 3_000}),
        "LimitExceeded",
        "paths are longer",
    ),
    Attack("bomb: a name of 30 MB", long_name, "LimitExceeded", "bytes"),
    Attack("bomb: a commit that says it has 3 GB", partial(liar, kind="commit"), "RefNotFound"),
    Attack("bomb: a tag that says it has 3 GB", partial(liar, kind="tag"), "RefNotFound"),
    Attack("bomb: a tree that says it has 3 GB", partial(liar, kind="tree"), "RepositoryNotFound", "memory"),
    Attack("bomb: a file that is the difference to 3 GB", partial(liar, kind="delta"), "RepositoryNotFound", "memory"),
    Attack("bomb: a chain of 20,000 differences", partial(chain, length=20_000), "read", files=frozenset({"last.txt"})),
    Attack("bomb: a file of 300 MB", large, "read", "too large", frozenset({"a.py"}), seconds=20, memory_mb=400),
    Attack("bomb: a million files in one folder", many, "LimitExceeded", "max_files", seconds=30, memory_mb=600),
)
