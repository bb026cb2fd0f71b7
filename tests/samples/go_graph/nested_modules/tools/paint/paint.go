// Package paint is the tools'.
package paint

import "example.com/suite/tools/internal/ink"

// Render paints with ink.
func Render(s string) string { return colour(ink.Mix(s)) }

// Version tells.
func Version() string { return ink.Version() }

func colour(s string) string { return "blue " + s }
