package main

import (
	"fmt"

	"example.com/poster/internal/colour"
	theirs "example.org/colour"
)

func main() {
	fmt.Println(own("a"), foreign("b"), both())
}

// own uses the repository's package.
func own(s string) string {
	p := colour.NewPalette("red")
	return colour.Render(s) + p.Pick(0)
}

// foreign uses the vendored one, which has the same names.
func foreign(s string) string {
	var p theirs.Palette
	return theirs.Render(s) + p.Pick(1)
}

func both() string {
	return print(theirs.Palette{}) + print(colour.NewPalette("blue"))
}

type picker interface {
	Pick(n int) string
}

// print has the name of a builtin.
func print(p picker) string { return p.Pick(0) }
