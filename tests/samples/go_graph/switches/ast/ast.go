// Package ast has expressions.
package ast

import "fmt"

// Node has a weight.
type Node interface {
	Weight() int
}

// Num is a number.
type Num int

// Value of a number.
func (n Num) Value() int { return int(n) }

// Weight of a number.
func (n Num) Weight() int { return 1 }

// Add is a sum.
type Add struct{ L, R Node }

// Weight of a sum.
func (a Add) Weight() int { return a.L.Weight() + a.R.Weight() }

// Combine adds.
func (a Add) Combine(l, r int) int { return l + r }

// Neg turns the sign.
type Neg struct{ X Node }

// Weight of a negation.
func (n *Neg) Weight() int { return n.X.Weight() + 1 }

// Flip turns.
func (n *Neg) Flip(v int) int { return -v }

// Show writes.
func Show(n Node) string {
	switch v := n.(type) {
	case Num:
		return fmt.Sprint(v.Value())
	case Add:
		return Show(v.L) + "+" + Show(v.R)
	}
	return "?"
}
