package main

import (
	"fmt"

	"example.com/draw/canvas"
	"example.com/draw/shape"
)

func main() {
	list := []shape.Shape{shape.Circle{R: 2}, &shape.Square{Side: 3}, shape.Unit()}
	fmt.Println(total(list))
	c := canvas.New(canvas.Text{})
	for _, s := range list {
		c.Draw(s)
	}
	c.Flush()
	fmt.Println(concrete())
	fmt.Println(named(shape.Circle{R: 1}))
}

// total knows the interface alone.
func total(list []shape.Shape) float64 {
	sum := 0.0
	for _, s := range list {
		sum += s.Area()
	}
	return sum
}

// concrete knows the type.
func concrete() float64 {
	circle := shape.Circle{R: 5}
	square := &shape.Square{Side: 1}
	return circle.Area() + square.Area() + square.Grow(2).Area()
}

// named has an interface without a name.
func named(v interface{ Name() string }) string {
	return v.Name()
}
