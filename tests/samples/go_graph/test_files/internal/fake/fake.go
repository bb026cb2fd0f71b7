// Package fake has a cache that forgets nothing.
package fake

// Cache counts.
type Cache struct{ puts int }

// New makes one.
func New() *Cache { return new(Cache) }

// Put counts.
func (c *Cache) Put(key, value string) { c.puts++ }

// Get finds nothing.
func (c *Cache) Get(key string) (string, bool) { return "", false }

// Len is the number of puts.
func (c *Cache) Len() int { return c.puts }
