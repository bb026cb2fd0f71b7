package main

import (
	"fmt"
	"os"

	"example.com/fleet/base"
	"example.com/fleet/vehicle"
)

func main() {
	truck := vehicle.NewTruck("T1", 12)
	truck.Start()
	fmt.Println(truck.Describe())
	drive(truck)
	boat := &vehicle.Boat{Engine: &base.Engine{Power: 90}}
	sail(boat)
	tow(vehicle.Amphibian{Truck: *truck, Boat: *boat})
	log := vehicle.NewLogged(os.Stdout)
	log.Write([]byte("bye\n"))
	log.Note("done")
	pull(vehicle.Trailer{Mover: truck})
}

func drive(t *vehicle.Truck) {
	t.Ident()
	t.Stop()
	t.Engine.Stop()
	t.Stamp.Ident()
}

func sail(b *vehicle.Boat) {
	b.Start()
	b.Stop()
	b.Describe()
}

func tow(a vehicle.Amphibian) {
	a.Truck.Describe()
	a.Boat.Describe()
	a.Float()
	a.Ident()
}

func pull(t vehicle.Trailer) {
	t.Start()
	t.Mover.Stop()
	t.Hitch()
}
