// Package render writes HTML.
package render

import (
	"strings"

	plain "example.com/app/plain/render"
)

// Document wraps a title and lines.
func Document(title string, lines []string) string {
	var b strings.Builder
	b.WriteString(heading(title))
	for _, line := range lines {
		b.WriteString("<p>" + escape(line) + "</p>")
	}
	b.WriteString(plain.Rule(4))
	return b.String()
}

func heading(title string) string {
	return "<h1>" + escape(title) + "</h1>"
}

func escape(s string) string {
	return strings.ReplaceAll(s, "<", "&lt;")
}
