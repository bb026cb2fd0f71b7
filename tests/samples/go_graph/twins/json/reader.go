// Package json reads lists.
package json

import "errors"

// Reader reads.
type Reader struct{ text string }

var errOpen = errors.New("not a list")

// Open makes a reader or fails.
func Open(text string) (*Reader, error) {
	if text != "" && text[0] != '[' {
		return nil, errOpen
	}
	return &Reader{normal(text)}, nil
}

// Parse splits.
func (r *Reader) Parse() []byte { return parse(r.text, min(len(r.text), 8)) }

// Close ends.
func (r *Reader) Close() bool { return r.text != "closed" }

func parse(text string, limit int) []byte { return []byte(text)[:limit] }

func normal(text string) string { return text }

func min(a, b int) int {
	if b < a {
		return b
	}
	return a
}
