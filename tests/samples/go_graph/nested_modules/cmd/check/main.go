// Command check is a second one, with a main of its own.
package main

import "example.com/suite/internal/paint"

func main() {
	println(outer("c"))
}

func outer(s string) string { return inner(s) + paint.Version() }

func inner(s string) string { return s }
