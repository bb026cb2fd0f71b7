package main

import (
	"fmt"

	"example.com/gen/coll"
	"example.com/gen/price"
)

func main() {
	s := coll.NewStack[int]()
	s.Push(1)
	s.Push(2)
	fmt.Println(s.Pop())
	var names coll.Stack[string]
	names.Push("a")
	fmt.Println(names.Len(), double([]int{1, 2}))
	fmt.Println(dearest(), pairs())
}

func double(list []int) []int {
	return coll.Map(list, func(n int) int { return twice(n) })
}

func twice(n int) int { return n * 2 }

func dearest() price.Euro {
	list := []price.Euro{3, 9, 4}
	best := coll.Max(list)
	rest := coll.Filter[price.Euro](list, price.Euro.Cheap)
	coll.Sum(rest)
	return best
}

func pairs() string {
	p := coll.Pair[string, price.Euro]{Key: "tea", Value: 4}
	q := coll.MakePair("milk", price.Euro(2))
	if p.Value.Less(q.Value) {
		return p.Swap().Value
	}
	return q.String()
}
