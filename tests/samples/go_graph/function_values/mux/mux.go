// Package mux finds a handler for a path.
package mux

// Handler answers.
type Handler interface {
	Serve(path string) string
}

// HandlerFunc is a function as a handler.
type HandlerFunc func(string) string

// Serve calls the function itself.
func (f HandlerFunc) Serve(path string) string { return f(path) }

// Mux has handlers by path.
type Mux struct {
	routes   map[string]Handler
	fallback HandlerFunc
	hooks    []func(string)
}

// New makes one.
func New() *Mux {
	return &Mux{routes: map[string]Handler{}, fallback: missing}
}

// Handle registers.
func (m *Mux) Handle(path string, h Handler) { m.routes[path] = h }

// HandleFunc registers a function.
func (m *Mux) HandleFunc(path string, f func(string) string) {
	m.Handle(path, HandlerFunc(f))
}

// Serve finds the handler; the name is the interface's, too.
func (m *Mux) Serve(path string) string {
	for _, hook := range m.hooks {
		hook(path)
	}
	if h, ok := m.routes[path]; ok {
		return h.Serve(path)
	}
	return m.fallback.Serve(path)
}

// Twice wraps.
func Twice(f func(string) string) func(string) string {
	return func(path string) string {
		return f(f(path))
	}
}

func missing(path string) string { return hello("no " + path) }

func hello(path string) string { return path }
