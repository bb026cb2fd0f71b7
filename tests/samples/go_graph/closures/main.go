package main

import (
	"fmt"
	"sort"
	"sync"

	"example.com/work/pool"
)

func main() {
	fmt.Println(square(4), counter()(), fib(6))
	fmt.Println(sorted([]string{"bb", "a"}))
	fmt.Println(gather([]int{1, 2, 3}))
	if err := guarded(func() { explode("x") }); err != nil {
		fmt.Println(err)
	}
	p := pool.Start(2)
	p.Submit(func() { fmt.Println(square(5)) })
	p.Close()
}

func square(n int) int { return n * n }

func counter() func() int {
	n := 0
	next := func() int {
		n = step(n)
		return n
	}
	next()
	return next
}

func step(n int) int { return n + 1 }

func fib(n int) int {
	var inner func(int) int
	inner = func(k int) int {
		if k < 2 {
			return k
		}
		return inner(step(k)-2) + inner(k-2)
	}
	return inner(n)
}

func sorted(list []string) []string {
	sort.Slice(list, func(i, j int) bool {
		return width(list[i]) < width(list[j])
	})
	return list
}

func width(s string) int { return len(s) }

// gather starts a goroutine for each, and defers.
func gather(list []int) int {
	var mu sync.Mutex
	var group sync.WaitGroup
	total := 0
	for _, n := range list {
		group.Add(1)
		go func(k int) {
			defer group.Done()
			defer func() {
				mu.Lock()
				defer mu.Unlock()
				total += square(k)
			}()
			trace("square")
		}(n)
	}
	group.Wait()
	defer trace("gathered")
	return total
}

func trace(what string) { fmt.Println("trace", what) }

func guarded(run func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = failure(r)
		}
	}()
	run()
	return nil
}

func failure(r any) error { return fmt.Errorf("failed: %v", r) }

func explode(s string) { panic(s) }
