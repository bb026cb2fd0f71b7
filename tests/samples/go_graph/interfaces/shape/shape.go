// Package shape has shapes.
package shape

import "math"

// Shape has an area and a name.
type Shape interface {
	Area() float64
	Namer
}

// Namer has a name.
type Namer interface {
	Name() string
}

// Circle is round.
type Circle struct{ R float64 }

// Area of a circle.
func (c Circle) Area() float64 { return math.Pi * c.R * c.R }

// Name of a circle.
func (c Circle) Name() string { return "circle" }

// Square is not.
type Square struct{ Side float64 }

// Area of a square.
func (s *Square) Area() float64 { return s.Side * s.Side }

// Name of a square.
func (s *Square) Name() string { return "square" }

// Grow makes it larger.
func (s *Square) Grow(by float64) *Square {
	s.Side *= by
	return s
}

// Unit gives a square as a shape.
func Unit() Shape { return &Square{Side: 1} }

// Land has an area, but is no shape: it has no name.
type Land struct{ Acres float64 }

// Area of land.
func (l Land) Area() float64 { return l.Acres * 4046.86 }
