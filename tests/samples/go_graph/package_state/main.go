package main

import (
	"fmt"

	_ "example.com/plug/gzip"
	. "example.com/plug/registry"
)

var (
	started = stamp("main")
	names   = Names()
	format  = func(s string) string { return wrap(s) }
)

const width = 8

func init() {
	Register("main", width)
}

func init() {
	fmt.Println(started, stamp("second"))
}

func main() {
	fmt.Println(format("x"), Names(), names)
	fmt.Println(Default.Lookup("gzip"), Lookup("main"))
}

func stamp(who string) string { return "started " + who }

func wrap(s string) string { return "(" + pad(s) + ")" }

func pad(s string) string { return fmt.Sprintf("%*s", width, s) }
