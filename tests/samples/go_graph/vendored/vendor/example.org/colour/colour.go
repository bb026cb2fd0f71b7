// Package colour is somebody else's.
package colour

// Render paints.
func Render(s string) string { return mix(s) }

// Palette is theirs.
type Palette struct{}

// Pick picks.
func (Palette) Pick(n int) string { return mix("theirs") }

func mix(s string) string { return "~" + s }
