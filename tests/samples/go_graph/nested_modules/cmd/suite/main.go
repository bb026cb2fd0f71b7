// Command suite is the outer module's.
package main

import (
	"fmt"

	"example.com/suite/internal/paint"
	toolpaint "example.com/suite/tools/paint"
)

func main() {
	fmt.Println(inner("a"), outer("b"))
}

func inner(s string) string { return paint.Render(s) }

func outer(s string) string { return toolpaint.Render(s) + toolpaint.Version() }
