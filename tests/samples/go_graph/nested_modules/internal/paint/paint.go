// Package paint is the suite's own.
package paint

// Render paints.
func Render(s string) string { return colour(s) + Version() }

// Version tells.
func Version() string { return "1" }

func colour(s string) string { return "red " + s }
