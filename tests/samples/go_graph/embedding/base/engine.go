// Package base has the parts.
package base

// Engine moves things.
type Engine struct {
	Power   int
	running bool
}

// Start turns it on.
func (e *Engine) Start() { e.set(true) }

// Stop turns it off.
func (e *Engine) Stop() { e.set(false) }

// Describe is the engine's.
func (e *Engine) Describe() string {
	if e.running {
		return "engine on"
	}
	return "engine off"
}

func (e *Engine) set(on bool) { e.running = on }
