// Package gzip registers itself.
package gzip

import "example.com/plug/registry"

// Level is worked out when the package starts.
var Level = level(stamp)

var stamp = 3

func init() {
	registry.Register("gzip", Level)
	setup()
}

func level(n int) int { return n * 2 }

func setup() { registry.Default.Register("gz", level(1)) }

// Lookup is not the registry's.
func Lookup(name string) int { return len(name) }
