// Package store keeps items.
package store

import "fmt"

// Store is a named list of items.
type Store struct {
	name  string
	items []item
}

type item struct {
	label string
	count int
}

// New makes an empty store.
func New(name string) *Store {
	return &Store{name: name}
}

// Add puts an item on the shelf.
func (s *Store) Add(label string, count int) {
	s.items = append(s.items, item{label, count})
}

// Name gives the name.
func (s *Store) Name() string { return s.name }

// Lines describes every item.
func (s *Store) Lines() []string {
	var out []string
	for _, it := range s.items {
		out = append(out, it.line())
	}
	return out
}

func (i item) line() string {
	return fmt.Sprintf("%s x%d", i.label, i.count)
}
