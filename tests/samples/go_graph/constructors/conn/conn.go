// Package conn connects.
package conn

import "example.com/db/config"

// Conn is a connection.
type Conn struct {
	cfg  *config.Config
	open bool
}

// New connects.
func New(cfg *config.Config) (*Conn, error) {
	c := &Conn{cfg: cfg}
	return c, c.dial()
}

func (c *Conn) dial() error {
	c.open = true
	return nil
}

// Close ends it.
func (c *Conn) Close() error {
	c.cfg.Close()
	c.open = false
	return nil
}

// Begin starts a transaction, and gives what ends it.
func (c *Conn) Begin() (*Tx, func()) {
	tx := newTx(c)
	return tx, tx.Close
}

// Query asks.
func (c *Conn) Query(q string) *Result { return &Result{q} }
