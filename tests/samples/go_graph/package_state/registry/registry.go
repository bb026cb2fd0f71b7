// Package registry knows plugins.
package registry

import (
	"sort"
	"sync"
)

// Registry is a table of plugins.
type Registry struct {
	mu    sync.Mutex
	sizes map[string]int
}

// Default is the one that the functions use.
var Default = newRegistry()

var once sync.Once

func newRegistry() *Registry { return &Registry{sizes: map[string]int{}} }

// Register adds to the default registry.
func Register(name string, size int) {
	once.Do(prepare)
	Default.Register(name, size)
}

func prepare() { Default.Register("none", pad(0)) }

func pad(n int) int { return n }

// Lookup asks the default registry.
func Lookup(name string) int { return Default.Lookup(name) }

// Names lists the default registry.
func Names() []string {
	out := Default.list()
	sort.Strings(out)
	return out
}

// Register adds.
func (r *Registry) Register(name string, size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sizes[name] = size
}

// Lookup finds.
func (r *Registry) Lookup(name string) int { return r.sizes[name] }

func (r *Registry) list() []string {
	var out []string
	for name := range r.sizes {
		out = append(out, name)
	}
	return out
}
