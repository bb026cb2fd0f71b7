package main

import (
	"fmt"

	"example.com/route/mux"
)

type app struct {
	name   string
	onExit func() string
}

func main() {
	a := &app{name: "shop", onExit: farewell}
	m := mux.New()
	m.Handle("/hello", mux.HandlerFunc(hello))
	m.Handle("/name", mux.HandlerFunc(a.show))
	m.HandleFunc("/twice", mux.Twice(hello))
	fmt.Println(m.Serve("/hello"), m.Serve("/name"), m.Serve("/none"))
	fmt.Println(a.close(), run("up", "x"), run("down", "Y"))
	fmt.Println(bound(a), unbound(a))
}

func hello(path string) string { return "hello " + path }

func farewell() string { return "bye" }

func (a *app) show(path string) string { return a.label() + path }

func (a *app) label() string { return a.name + ":" }

// close calls a field.
func (a *app) close() string {
	if a.onExit == nil {
		return a.label()
	}
	return a.onExit()
}

// bound calls a method through a value.
func bound(a *app) string {
	get := a.label
	return get()
}

// unbound calls a method by its type.
func unbound(a *app) string {
	get := (*app).show
	return get(a, "/") + (*app).label(a)
}

var table = map[string]func(string) string{
	"up":   upper,
	"down": lower,
}

func upper(s string) string { return convert(s, 'a', 'z', -32) }
func lower(s string) string { return convert(s, 'A', 'Z', 32) }

func run(name, text string) string {
	if f, ok := table[name]; ok {
		return f(text)
	}
	return hello(text)
}

func convert(s string, from, to rune, by rune) string {
	out := []rune(s)
	for i, r := range out {
		if r >= from && r <= to {
			out[i] = r + by
		}
	}
	return string(out)
}
