package cache_test

import (
	"fmt"
	"testing"

	"example.com/cache"
	"example.com/cache/internal/fake"
)

func filled(keys ...string) *cache.Cache {
	c := cache.New(3)
	for _, k := range keys {
		c.Put(cache.Key(k), k)
	}
	return c
}

func TestFromOutside(t *testing.T) {
	c := filled("a", "b")
	if _, ok := c.Get("a"); !ok {
		t.Fatal("lost")
	}
	f := fake.New()
	f.Put("x", "y")
	check(t, f.Len() == 1)
}

func check(t *testing.T, ok bool) {
	if !ok {
		t.Error("not so")
	}
}

func ExampleKey() {
	fmt.Println(cache.Key("a", "", "b"))
	// Output: a/b
}
