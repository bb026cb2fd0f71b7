// Package text has a name that is not its folder's.
package text

import "strings"

// Title writes the first letter large.
func Title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + Lower(s[1:])
}

// Lower is the package's own.
func Lower(s string) string {
	return strings.ToLower(s)
}
