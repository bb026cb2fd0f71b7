// Package query builds queries.
package query

import "strings"

// Builder collects.
type Builder struct{ parts []string }

// Query is built.
type Query struct{ parts []string }

// From begins.
func From(table string) *Builder { return (&Builder{}).add("from " + table) }

// Where adds.
func (b *Builder) Where(c string) *Builder { return b.add("where " + c) }

// Limit adds.
func (b *Builder) Limit(n int) *Builder { return b.add("limit") }

func (b *Builder) add(s string) *Builder {
	b.parts = append(b.parts, s)
	return b
}

// Build ends.
func (b *Builder) Build() Query { return Query{b.parts} }

// Text joins.
func (q Query) Text() string { return strings.Join(q.parts, " ") }

// Weight is no node's.
func (q Query) Weight() int { return len(q.parts) }
