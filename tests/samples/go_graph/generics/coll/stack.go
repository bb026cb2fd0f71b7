// Package coll has collections.
package coll

// Stack is last in, first out.
type Stack[T any] struct {
	items []T
}

// NewStack makes an empty one.
func NewStack[T any]() *Stack[T] {
	return &Stack[T]{}
}

// Push adds.
func (s *Stack[T]) Push(item T) {
	s.items = append(s.items, item)
}

// Pop takes.
func (s *Stack[T]) Pop() (T, bool) {
	var zero T
	if s.Len() == 0 {
		return zero, false
	}
	last := s.items[s.Len()-1]
	s.items = s.items[:s.Len()-1]
	return last, true
}

// Len counts.
func (s *Stack[T]) Len() int { return len(s.items) }
