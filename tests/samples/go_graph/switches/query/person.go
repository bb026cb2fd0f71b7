package query

// Person lives somewhere.
type Person struct {
	Age  int
	home Home
}

// Home is in a city.
type Home struct{ city City }

// City has a size.
type City struct{ size int }

// Years is the age.
func (p Person) Years() int { return p.Age }

// Birthday makes older.
func (p *Person) Birthday() { p.Age++ }

// Home of a person.
func (p Person) Home() Home { return p.home }

// City of a home.
func (h Home) City() City { return h.city }

// Size of a home.
func (h Home) Size() int { return 1 }

// Size of a city.
func (c City) Size() int { return c.size }
