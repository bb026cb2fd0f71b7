package vehicle

import "io"

import "example.com/fleet/base"

// Boat points to its engine.
type Boat struct {
	*base.Engine
	depth int
}

// Float is the boat's alone.
func (b *Boat) Float() int {
	b.Start()
	return b.depth
}

// Amphibian is both: what both have at the same depth must be named.
type Amphibian struct {
	Truck
	Boat
}

// Start decides.
func (a *Amphibian) Start() {
	a.Truck.Start()
	a.Boat.Start()
}

// Logged writes through an embedded writer.
type Logged struct {
	io.Writer
	lines int
}

// NewLogged makes one.
func NewLogged(w io.Writer) *Logged { return &Logged{Writer: w} }

// Note counts and writes.
func (l *Logged) Note(s string) {
	l.lines++
	l.Write([]byte(s + "\n"))
}
