// Package cache remembers.
package cache

// Cache has a limit.
type Cache struct {
	limit int
	order []string
	data  map[string]string
}

// New makes one.
func New(limit int) *Cache {
	return &Cache{limit: limit, data: map[string]string{}}
}

// Put remembers, and forgets the oldest.
func (c *Cache) Put(key, value string) {
	if _, ok := c.Get(key); !ok {
		c.order = append(c.order, key)
	}
	c.data[key] = value
	for len(c.order) > c.limit {
		c.evict()
	}
}

// Get finds.
func (c *Cache) Get(key string) (string, bool) {
	value, ok := c.data[key]
	return value, ok
}

// Len counts.
func (c *Cache) Len() int { return len(c.order) }

func (c *Cache) evict() {
	delete(c.data, c.order[0])
	c.order = c.order[1:]
}
