"""What `show` says of a docpack's topics: two levels, the largest first, with the symbols that stand for them."""

import json

import pytest
from click.testing import CliRunner

from cli.packs import show
from doctown.docpack import docpack_bytes
from doctown.rows import canonical_json
from tests.fakes.docpacks import docpack_of


@pytest.fixture
def shown(tmp_path):
    """Runs `show` on a docpack in which the first two topics are parts of a third, broad one."""
    pack = docpack_of(60)
    manifest = pack.manifest
    entries = {name: pack.bytes(name) for name in manifest["entries"]}
    topics = json.loads(entries["clusters.json"])
    first, second, *_ = topics["clusters"]
    symbol = json.loads(entries["symbols.jsonl"].splitlines()[3])
    first["symbols"] = [symbol["id"], "an id that leads nowhere"]
    broad = first | {"id": 99, "label": "everything drawn", "size": first["size"] + second["size"], "symbols": []}
    first["parent_id"] = second["parent_id"] = 99
    topics["clusters"].append(broad)
    entries["clusters.json"] = canonical_json(topics)
    kept = ("repository", "model", "engine", "base", "parameters", "counts")
    path = tmp_path / "a.docpack"
    path.write_bytes(docpack_bytes(entries, {name: manifest[name] for name in kept if name in manifest})[0])
    run = lambda *more: CliRunner().invoke(show, [str(path), *more], catch_exceptions=False).output  # noqa: E731
    return run, first, second, symbol


def test_fine_topics_are_told_below_the_broad_one_they_are_part_of(shown):
    run, first, second, symbol = shown
    lines = run().splitlines()
    at = next(number for number, line in enumerate(lines) if "everything drawn" in line)
    below = "\n".join(lines[at + 1 : at + 3])
    assert first["label"] in below and second["label"] in below
    assert symbol["name"] in below and "leads nowhere" not in below
    assert len(lines[at + 1]) - len(lines[at + 1].lstrip()) > len(lines[at]) - len(lines[at].lstrip())


def test_the_same_in_json(shown):
    run, first, second, symbol = shown
    topics = json.loads(run("--json"))["topics"]
    (broad,) = [topic for topic in topics if topic["label"] == "everything drawn"]
    assert {topic["label"] for topic in broad["topics"]} == {first["label"], second["label"]}
    assert [topic["size"] for topic in topics] == sorted((topic["size"] for topic in topics), reverse=True)
    told = next(topic for topic in broad["topics"] if topic["label"] == first["label"])
    assert told["symbols"] == [symbol["qualified_name"]] and told["topics"] == []
