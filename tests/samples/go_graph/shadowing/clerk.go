package main

import "example.com/shade/store"

// Clerk works.
type Clerk struct{ name string }

// Open has the name of the package's function.
func (c Clerk) Open() string { return open() + c.name }

func (c *Clerk) work() string {
	open := c.Open
	box := store.Open()
	label := label()
	{
		c := box
		c.Name()
	}
	return open() + label + c.label()
}

func (c *Clerk) label() string {
	if c := store.Open(); c.Name() != "" {
		return c.Name()
	}
	return c.Open()
}
