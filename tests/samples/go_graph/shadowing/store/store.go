// Package store has boxes.
package store

// Box has a label.
type Box struct{ Label string }

// Open gives one.
func Open() Box {
	box := Box{}
	box = box.with(open())
	return box
}

func open() string { return "store's" }

func (b Box) with(open string) Box {
	b.Label = open
	return b
}

// Name is the label.
func (b Box) Name() string { return b.Label }
