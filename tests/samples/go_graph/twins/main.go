package main

import (
	"fmt"
	stdstrings "strings"

	"example.com/twins/csv"
	"example.com/twins/json"
	"example.com/twins/strings"
)

func main() {
	fmt.Println(Open("main"))
	fmt.Println(readCSV("a,b"), readJSON("[1]"))
	fmt.Println(texts(" x "))
	fmt.Println(closeBoth(), local())
}

// Open is the command's own.
func Open(name string) string { return parse(name) }

func parse(name string) string { return "<" + name + ">" }

func readCSV(text string) int {
	r := csv.Open(text)
	defer r.Close()
	return len(r.Parse())
}

func readJSON(text string) int {
	r, err := json.Open(text)
	if err != nil {
		return 0
	}
	defer r.Close()
	return len(r.Parse())
}

// texts uses the standard package and the own one of the same name.
func texts(s string) string {
	return stdstrings.ToUpper(strings.TrimSpace(s)) + strings.Quote(s)
}

func closeBoth() bool {
	a := csv.Open("")
	b, _ := json.Open("")
	return a.Close() == nil && b.Close()
}

func local() int { return min(3, len("four")) }

// min is a name that newer Go has built in.
func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
