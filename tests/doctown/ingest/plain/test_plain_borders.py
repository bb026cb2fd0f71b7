"""Where code of the plain ladder may be cut."""

from doctown.ingest.outlines import read

TEXT = """package a

// F does.
//go:noinline
func F() {
	x()

	// about y
	y()
}

type S struct {
	// n counts
	n int
}
"""


def borders():
    _, outline = read("a.go", "go", TEXT.encode())
    return {
        (TEXT[one.byte :].split("\n", maxsplit=1)[0], one.level, one.is_unit)
        for one in outline.borders
        if one.level < 18
    }


def test_statements_start_with_what_is_said_about_them_and_those_of_functions_come_later():
    found = borders()
    assert ("// F does.", 0, True) in found
    assert ("type S struct {", 0, True) in found
    assert any(line == "\t// n counts" and unit for line, level, unit in found if level > 0)
    assert any(line == "\t// about y" and not unit for line, level, unit in found if level > 0)
    assert not any(line.startswith(("func F", "//go:", "\ty()")) for line, _, _ in found)
