// Package canvas draws shapes with a backend.
package canvas

import (
	"fmt"

	"example.com/draw/shape"
)

type backend interface {
	put(label string)
	done() int
}

// Canvas has a backend in a field.
type Canvas struct {
	out   backend
	drawn int
}

// New makes a canvas.
func New(out backend) *Canvas {
	return &Canvas{out: out}
}

// Draw asks the shape and tells the backend.
func (c *Canvas) Draw(s shape.Shape) {
	c.out.put(label(s))
	c.drawn++
}

// Flush ends it.
func (c *Canvas) Flush() int { return c.out.done() + c.Area() }

// Area has a shape's method's name.
func (c *Canvas) Area() int { return c.drawn }

func label(n shape.Namer) string {
	return n.Name() + "!"
}

// Text is a backend.
type Text struct{}

func (Text) put(label string) { fmt.Println(label) }
func (Text) done() int        { return 0 }

// Counter is another one.
type Counter struct{ n int }

func (c *Counter) put(string) { c.n++ }
func (c *Counter) done() int  { return c.n }
