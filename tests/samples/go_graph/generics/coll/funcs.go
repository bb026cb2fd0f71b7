package coll

import "fmt"

// Ordered compares itself with another.
type Ordered[T any] interface {
	Less(other T) bool
}

// Number adds.
type Number interface {
	~int | ~int64 | ~float64
}

// Map applies.
func Map[T, U any](list []T, f func(T) U) []U {
	out := make([]U, 0, len(list))
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

// Filter keeps.
func Filter[T any](list []T, keep func(T) bool) []T {
	s := NewStack[T]()
	for _, v := range list {
		if keep(v) {
			s.Push(v)
		}
	}
	return s.items
}

// Max compares by the constraint's method.
func Max[T Ordered[T]](list []T) T {
	best := list[0]
	for _, v := range list[1:] {
		if best.Less(v) {
			best = v
		}
	}
	return best
}

// Sum adds.
func Sum[T Number](list []T) T {
	var total T
	for _, v := range list {
		total = add(total, v)
	}
	return total
}

func add[T Number](a, b T) T { return a + b }

// Pair holds two.
type Pair[K comparable, V any] struct {
	Key   K
	Value V
}

// MakePair is a constructor.
func MakePair[K comparable, V any](k K, v V) Pair[K, V] { return Pair[K, V]{k, v} }

// Swap forgets the value.
func (p Pair[K, V]) Swap() Pair[K, K] { return MakePair(p.Key, p.Key) }

// String writes.
func (p Pair[K, V]) String() string { return fmt.Sprint(p.Key, "=", p.Value) }
