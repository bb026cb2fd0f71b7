// Package strings has the name of a standard package.
package strings

import "strings"

// TrimSpace trims on the left only.
func TrimSpace(s string) string { return strings.TrimLeft(s, " ") }

// Quote puts marks around what the standard package trimmed.
func Quote(s string) string { return "'" + strings.TrimSpace(s) + "'" }
