// Package colour is the repository's own.
package colour

// Palette has names.
type Palette struct{ names []string }

// NewPalette makes one.
func NewPalette(names ...string) *Palette { return &Palette{names} }

// Render paints.
func Render(s string) string { return mix(s, base()) }

// Pick picks.
func (p *Palette) Pick(n int) string { return mix(p.names[n], base()) }

func mix(a, b string) string { return a + b }

func base() string { return "white" }
