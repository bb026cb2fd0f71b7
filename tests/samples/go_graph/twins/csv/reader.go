// Package csv reads lines.
package csv

import "strings"

// Reader reads.
type Reader struct{ text string }

// Open makes a reader.
func Open(text string) *Reader { return &Reader{normal(text)} }

// Parse splits.
func (r *Reader) Parse() []string { return parse(r.text) }

// Close ends.
func (r *Reader) Close() error { return nil }

func parse(text string) []string { return strings.Split(text, ",") }

func normal(text string) string { return strings.TrimSpace(text) }
