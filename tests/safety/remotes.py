"""Attacks that come over the network: servers that mean harm, and addresses that lead where nobody should."""

from functools import partial

from tests.safety.attacks import Asked, Attack, Stage


def at_server(stage: Stage, misdeed: str) -> Asked:
    limits = {"max_total_bytes": 200_000 if misdeed == "zeros" else 5_000_000}
    return {"source": f"{stage.url}/{misdeed}/x", "allow_private": True, "limits": limits}


def at_address(stage: Stage, url: str) -> Asked:
    return {"source": url.format(canary=stage.canary.program)}


def server(name: str, misdeed: str, ends: str, says: str = "", **bounds) -> Attack:
    return Attack(f"server: {name}", partial(at_server, misdeed=misdeed), ends, says, **({"disk_mb": 80} | bounds))


def address(url: str, says: str, name: str = "") -> Attack:
    return Attack(f"address: {name or url[:60]}", partial(at_address, url=url), "BadRequest", says)


REMOTES = (
    server("a pack without end", "endless", "LimitExceeded", "max_total_bytes"),
    server("a file of a terabyte of zeros", "zeros", "LimitExceeded", "max_total_bytes", seconds=60),
    server("a tree that says it has 3 GB", "tree", "LimitExceeded", "memory"),
    server("a pack that says it has 2 billion objects", "billions", "LimitExceeded", "memory"),
    server("a commit without its tree", "lacking", "RepositoryNotFound"),
    server("branches without end", "refs", "LimitExceeded", "memory", seconds=120, memory_mb=2_200, is_long=True),
    server("headers without end", "headers", "RepositoryNotFound", seconds=30),
    server("a redirection of what is sent", "moving", "RepositoryNotFound"),
    server("a dumb server whose alternates lead elsewhere", "dumb", "RepositoryNotFound"),
    server("words that steer a terminal", "words", "RepositoryNotFound", "could not be fetched"),
    server("a byte now and then", "drops", "RepositoryNotFound", "too slowly", seconds=90, is_long=True),
    address("ext::{canary}", "Only https"),
    address("fd::17", "Only https"),
    address("file:///etc", "file:"),
    address("ssh://git@example.org/a", "Only https"),
    address("git@example.org:a/b.git", "Only https"),
    address("ssh://-oProxyCommand={canary}/a", "Only https"),
    address("git://example.org/a", "Only https"),
    address("http://example.org/a", "Only https"),
    address("https::https://example.org/a", "Only https"),
    address("https://-x.example.org:443:1/a", "malformed", "a host like an option, two ports"),
    address("https://example.org/" + "a" * 300_000, "characters", "300,000 characters"),
    *(
        address(f"https://{host}/a/b", "not a public one")
        for host in (
            *("127.0.0.1", "localhost", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0"),
            *("169.254.169.254", "224.0.0.1", "255.255.255.255", "2130706433", "0177.0.0.1", "0x7f.1", "127.1"),
            *("[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::7f00:1]"),
            *("[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]"),
        )
    ),
)
