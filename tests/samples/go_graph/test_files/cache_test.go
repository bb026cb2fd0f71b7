package cache

import "testing"

func filled(t *testing.T, keys ...string) *Cache {
	t.Helper()
	c := New(2)
	for _, k := range keys {
		c.Put(k, k)
	}
	return c
}

func TestEvict(t *testing.T) {
	c := filled(t, "a", "b")
	c.evict()
	check(t, c.Len(), 1)
}

func TestClean(t *testing.T) {
	cases := []struct {
		name string
		in   []string
		want int
	}{
		{"none", nil, 0},
		{"gaps", []string{"", "a"}, 1},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			check(t, len(clean(tc.in)), tc.want)
		})
	}
}

func check(t *testing.T, got, want int) {
	if got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

func BenchmarkPut(b *testing.B) {
	c := New(10)
	for i := 0; i < b.N; i++ {
		c.Put(Key("a", "b"), "x")
	}
}
