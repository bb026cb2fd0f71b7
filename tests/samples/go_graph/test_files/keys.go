package cache

import "strings"

// Key joins the parts.
func Key(parts ...string) string {
	return strings.Join(clean(parts), "/")
}

func clean(parts []string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}
