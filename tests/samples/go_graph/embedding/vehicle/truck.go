// Package vehicle puts the parts together.
package vehicle

import (
	"fmt"

	"example.com/fleet/base"
)

// Truck has an engine and a stamp.
type Truck struct {
	base.Engine
	base.Stamp
	Load int
}

// NewTruck makes one.
func NewTruck(serial string, load int) *Truck {
	return &Truck{Stamp: base.Stamp{Serial: serial}, Load: load}
}

// Stop hides the engine's and uses it.
func (t *Truck) Stop() {
	t.unload()
	t.Engine.Stop()
}

// Describe hides the engine's.
func (t *Truck) Describe() string {
	return fmt.Sprintf("truck %s, %s", t.Ident(), t.Engine.Describe())
}

func (t *Truck) unload() { t.Load = 0 }

// Trailer is pulled by whatever moves.
type Trailer struct {
	base.Mover
}

// Hitch starts and stops through the embedded interface.
func (t Trailer) Hitch() {
	t.Start()
	t.Stop()
}
