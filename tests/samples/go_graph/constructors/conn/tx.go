package conn

// Tx is a transaction.
type Tx struct {
	conn *Conn
	done bool
}

// Result is of a query.
type Result struct{ q string }

// Rows are of a result.
type Rows struct{ n int }

func newTx(c *Conn) *Tx { return &Tx{conn: c} }

// Exec does something.
func (t *Tx) Exec(q string) { t.conn.Query(q) }

// Commit ends well.
func (t *Tx) Commit() error {
	t.Close()
	return nil
}

// Close ends.
func (t *Tx) Close() { t.done = true }

// Rows gives the rows.
func (r *Result) Rows() (Rows, error) { return Rows{1}, nil }

// Next goes on.
func (r Rows) Next() bool { return r.n > 0 }
