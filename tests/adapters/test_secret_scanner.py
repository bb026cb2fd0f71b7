"""The scanner finds what looks like a secret exactly where it is, and leaves ordinary code alone."""

import json
import sysconfig
from pathlib import Path

import pytest

from adapters.secret_scanner import SecretScanner
from doctown.ingest.secrets import SecretPlace
from tests.fakes.canaries import canaries, line_with, private_key

SECRETS = canaries()


@pytest.fixture(scope="session")
def scanner(model_cache):
    """Its rules are compiled once and kept between runs."""
    return SecretScanner(model_cache)


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_with_its_kind_and_masked_whole(scanner, kind):
    data = f"# Ünï\r\n{line_with(kind, SECRETS[kind])}\r\nx = 1\r\n".encode()
    made, places = scanner.masked("a.py", data)
    assert made == data.replace(SECRETS[kind].encode(), b"*" * len(SECRETS[kind]))
    assert [(place.line, place.kind) for place in places] == [(2, kind)]


def test_both_halves_of_a_key_of_aws_are_masked(scanner):
    names, kinds = ("aws_access_key_id", "aws_secret_access_key"), ("aws-access-token", "aws-secret-access-key")
    data = "\n".join(f"{name} = {SECRETS[kind]}" for name, kind in zip(names, kinds, strict=True)).encode()
    made, places = scanner.masked("config", data)
    assert not any(SECRETS[kind].encode() in made for kind in kinds)
    assert {place.kind for place in places} == set(kinds)


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_private_keys_are_found_in_whatever_they_are_written(scanner, kind, end):
    pem = private_key(kind=kind, end=end)
    rows = pem.split(end)
    written = {
        "a file": pem,
        "one string": json.dumps({"key": pem}),
        "a notebook's cell": json.dumps({"source": [row + "\n" for row in rows]}, indent=1),
        "strings that are joined": "key = (" + "".join(f'"{row}\\n" +{end}  ' for row in rows) + '"")',
        "a comment": end.join(f"    # {row}" for row in rows),
        "a key that was cut off": end.join(rows[:-2]),
        "a key with headers": end.join([rows[0], "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00", "", *rows[1:]]),
    }
    for where, text in written.items():
        made, places = scanner.masked("a", text.encode())
        assert len(made) == len(text.encode()), where
        assert [place.kind for place in places] == ["private-key"], where
        assert not any(row[8:40].encode() in made for row in rows[1:-2]), where
        if where in ("one string", "a notebook's cell"):
            json.loads(made)


def test_code_between_the_markers_of_a_key_is_no_key(scanner):
    code = b'''
BEGIN = "-----BEGIN PRIVATE KEY-----"
def is_key(text):
    """Whether the text begins and ends as a key in PEM does, and has something in between."""
    return text.startswith(BEGIN) and text.endswith(END) and len(text) > len(BEGIN) + len(END)
END = "-----END PRIVATE KEY-----"
'''
    assert scanner.masked("a.py", code) == (code, ())


@pytest.mark.parametrize(
    "text",
    [
        "postgres://user:password@localhost/db",
        "redis://[[username]:[password]]@localhost:6379/0",
        "https://user:${TOKEN_1}@example.com",
        "https://example.com:8080/a@b",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        'token = "YOUR_TOKEN_HERE"',
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "commit 356a192b7913b04c54574d18c28d46e6395428ab",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        'id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"',
        "-----BEGIN PUBLIC KEY-----\n" + "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf" + "\n",
        'password = getpass.getpass("Password: ")',
    ],
)
def test_what_stands_in_manuals_and_code_is_left_alone(scanner, text):
    assert scanner.masked("a", text.encode()) == (text.encode(), ())


def test_nothing_of_the_standard_library_is_taken_for_a_secret(scanner):
    """Test keys apart: those are keys."""
    root = Path(sysconfig.get_path("stdlib"))
    found, files = [], 0
    for path in root.rglob("*.py"):
        if not {"site-packages", "dist-packages", "test", "tests"} & set(path.parts):
            files += 1
            found += scanner.masked(path.name, path.read_bytes())[1]
    assert files > 300
    assert found == []


def test_names_of_files_that_hold_a_secret_are_told_masked(scanner):
    name = f"keys/{SECRETS['github-pat']}.txt"
    assert scanner.masked_paths(["a.py", name, "b\udcff.py"]) == {name: f"keys/{'*' * 40}.txt"}
    assert scanner.masked_paths(["a.py", "b\udcff.py"]) == {}


def test_a_second_scanner_finds_the_same_with_the_rules_that_the_first_kept(tmp_path, scanner, model_cache):
    data = "\n".join(line_with(kind, secret) for kind, secret in SECRETS.items()).encode()
    assert SecretScanner(model_cache).masked("a", data) == scanner.masked("a", data)
    assert scanner.masked("a", scanner.masked("a", data)[0])[1] == ()


def test_bytes_that_are_no_text_are_borne(scanner):
    secret = SECRETS["github-pat"].encode()
    for around in (b"\xff\xfe", b"\xe9\xe9\xe9 ", b"\x80" * 9):
        made, places = scanner.masked("a", around + b' key = "' + secret + b'"\n')
        assert secret not in made
        assert places == (SecretPlace("a", 1, "github-pat"),)


ALONE = [kind for kind in SECRETS if line_with(kind, "") == 'key = ""' and kind != "telegram-bot-token"]


@pytest.mark.parametrize("kind", ALONE)
def test_a_secret_is_found_whatever_stands_beside_it(scanner, kind):
    secret = SECRETS[kind]
    for text in (
        f"It is {secret}.",
        f"(see {secret}, or ask)",
        f"<key>{secret}</key>",
        f"https://api.shop.internal/v1?key={secret}&page=2",
        f"https://api.shop.internal/{secret}/tell",
        f"| a | `{secret}` | {secret}|",
        f'text = "one\\n{secret}\\ntwo"',
        f"[{secret}](x): **{secret}**",
    ):
        made, places = scanner.masked("a", text.encode())
        assert secret not in made.decode() and places[0].kind == kind, text


@pytest.mark.parametrize("kind", ALONE)
def test_a_secret_is_found_in_the_name_of_a_file_or_a_folder(scanner, kind):
    names = [form.format(SECRETS[kind]) for form in ("{}.md", "a/{}/b.py", "{}/", "a/{}")]
    assert not any(SECRETS[kind] in name for name in scanner.masked_paths(names).values())
    assert len(scanner.masked_paths(names)) == len(names)
