package base

// Stamp identifies.
type Stamp struct {
	Serial string
}

// Ident gives the serial.
func (s Stamp) Ident() string { return s.Serial }

// Mover is what starts and stops.
type Mover interface {
	Start()
	Stopper
}

// Stopper is what stops.
type Stopper interface {
	Stop()
}
