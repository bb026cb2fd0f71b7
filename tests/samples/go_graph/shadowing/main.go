package main

import (
	"fmt"

	"example.com/shade/store"
)

func main() {
	fmt.Println(byPackage(), byVariable())
	fmt.Println(byParameter(func() string { return "given" }))
	fmt.Println(byBlock(true), byLocalType(), byBuiltin())
	fmt.Println(byFor([]store.Box{{Label: "b"}}))
	new(Clerk).work()
}

func open() string { return "main's" }

func label() string { return "main's label" }

// byPackage: the name is the package.
func byPackage() string { return store.Open().Label + open() }

// byVariable: the name is a variable of another type.
func byVariable() string {
	store := Clerk{name: "c"}
	return store.Open()
}

// byParameter: the name is a parameter.
func byParameter(open func() string) string { return open() }

// byBlock: the name is a variable in the inner block alone.
func byBlock(inside bool) string {
	out := ""
	if inside {
		label := func() string { return "inner" }
		out += label()
	}
	return out + label()
}

// byLocalType: the type is the function's own.
func byLocalType() string {
	type Box struct{ Clerk }
	b := Box{Clerk{"local"}}
	return b.Open()
}

// byBuiltin: the name is no longer built in.
func byBuiltin() int { return len([]int{1}) }

func len(list []int) int { return cap(list) + 40 }

// byFor: the variable has the function's name.
func byFor(list []store.Box) string {
	out := ""
	for _, open := range list {
		out += open.Name()
	}
	return out
}
