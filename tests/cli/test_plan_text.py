"""How a plan reads, from documents made by hand."""

from cli.plan_text import plan_text, skipped_text


def folder(path, tokens=0, kept=0, skipped=0):
    return {"path": path, "kept": kept, "skipped": skipped, "chunks": kept, "tokens": tokens}


def document(folders, skipped=(), **more):
    languages = {"python": {"files": 1, "lines": 9, "bytes": 99, "chunks": 1, "tokens": 12}}
    seconds = {"ingest": 5.0, "embed": 200.0, "assemble": 10.0, "around": 8.0, "in_all": 223.0}
    return {
        "repository": {"name": "r", "commit": "c" * 40, "ref": "main"},
        "path": None,
        "notes": [],
        "files": {"kept": folders[0]["kept"], "skipped": folders[0]["skipped"]},
        "languages": languages,
        "folders": folders,
        "skipped": list(skipped),
        "chunks": 1,
        "tokens": 12,
        "functions": 4,
        "cut_functions": 1,
        "texts": {"distinct": 1, "embedded": 0, "to_embed": 1, "tokens_to_embed": 12},
        "model": {"name": "m", "max_tokens": 256},
        "engine": "e1",
        "estimates": [{"seconds": seconds, "from": dict.fromkeys(seconds, "measured now")}],
    } | more


def shown_folders(folders):
    lines = plan_text(document(folders))
    first = next(at for at, line in enumerate(lines) if line.startswith("folder")) + 1
    return [line.rstrip("0123456789, ") for line in lines[first : lines.index("", first)]]


def test_the_largest_folders_are_opened_and_a_chain_of_folders_is_one_line():
    folders = [
        folder("", 100, 10),
        folder("docs", 10, 2),
        folder("docs/deep", 5, 1),
        folder("src", 90, 8),
        folder("src/pkg", 90, 8),
        folder("src/pkg/a", 50, 4),
    ]
    assert shown_folders(folders) == [".", "  src/pkg", "    a", "  docs", "    deep"]


def test_a_folder_with_too_many_folders_stays_closed():
    many = [folder(f"big/d{n:03}d", 1, 1) for n in range(100)]
    folders = [folder("", 200, 102), folder("big", 100, 100), *many, folder("small", 2, 2), folder("small/a", 1, 1)]
    assert shown_folders(folders) == [".", "  big", "  small", "    a"]


def test_the_root_of_a_thousand_folders_is_cut_off():
    folders = [folder("", 1000, 1000), *(folder(f"d{n:04}d", 1, 1) for n in range(1000))]
    assert len(shown_folders(folders)) < 50


def test_a_reason_has_its_numbers_its_folders_and_examples():
    paths = ["docs/a.png", "docs/b.png", "x.bin", "y.bin"]
    group = {
        "reason": "binary",
        "details": {"image by its ending": 2, "holds a NUL byte": 2},
        "folders": {"": 2, "docs": 2},
        "files": [{"path": path, "reason": "binary: something"} for path in paths],
    }
    found = document([folder("", 12, 1, 4)], [group])
    text = "\n".join(plan_text(found))
    assert "left out: 4 of 5 files" in text
    assert "4  binary: image by its ending (2), holds a NUL byte (2)" in text
    assert "in . (2), docs (2)" in text
    assert "such as docs/a.png, docs/b.png, x.bin" in text and "y.bin" not in text
    assert skipped_text(found)[1:] == [f"{path}  binary: something" for path in paths]


def test_seconds_are_said_as_people_say_them_and_with_their_source():
    lines = [" ".join(line.split()) for line in plan_text(document([folder("", 12, 1)]))]
    assert "time: about 3 min 43 s" in lines
    assert "embedding 3 min 20 s measured now" in lines


def test_what_is_not_known_is_not_made_up():
    seconds = {"ingest": 5.0, "embed": None, "assemble": 10.0, "around": 8.0, "in_all": None}
    estimate = {"seconds": seconds, "from": dict.fromkeys(seconds, "not known")}
    text = "\n".join(plan_text(document([folder("", 12, 1)], estimates=[estimate])))
    assert "time: not known in all" in text and "?  not known" in text


def test_work_that_is_done_and_work_that_is_left_are_both_said():
    text = "\n".join(plan_text(document([folder("", 12, 1)])))
    assert "1 chunk of at most 256 tokens" in text
    assert "1 of 4 functions (25%) cut in several" in text
    assert "0 embedded already, 1 to do (12 tokens)" in text
