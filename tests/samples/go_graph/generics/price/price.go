// Package price has money.
package price

// Euro is money.
type Euro int

// Less compares.
func (e Euro) Less(other Euro) bool { return e < other }

// Cheap says whether it is.
func (e Euro) Cheap() bool { return e.Less(Euro(5)) }

// Push has a stack's method's name.
func (e Euro) Push(by int) Euro { return e + Euro(by) }

// Max has the name of the collection's.
func Max(a, b Euro) Euro {
	if a.Less(b) {
		return b
	}
	return a
}
