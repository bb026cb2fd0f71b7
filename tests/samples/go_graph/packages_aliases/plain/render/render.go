// Package render writes plain text.
package render

import "strings"

// Document joins a title and lines.
func Document(title string, lines []string) string {
	return heading(title) + strings.Join(lines, "\n")
}

// Rule is a line across.
func Rule(width int) string {
	return strings.Repeat("-", width)
}

func heading(title string) string {
	return title + "\n" + Rule(len(title)) + "\n"
}
