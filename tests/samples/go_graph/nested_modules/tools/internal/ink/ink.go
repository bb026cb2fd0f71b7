// Package ink mixes.
package ink

// Mix mixes.
func Mix(s string) string { return s + colour() }

// Version tells.
func Version() string { return "2" }

func colour() string { return "!" }
