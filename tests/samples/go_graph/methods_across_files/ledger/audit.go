package ledger

// Audit compares a total.
type Audit struct {
	Total int
}

// Balanced says whether the total is the account's.
func (u Audit) Balanced(a *Account) bool {
	return Cents(u.Total) == a.Balance() && u.Balance() == u.Total
}

// Balance has the name of the account's.
func (u Audit) Balance() int { return u.Total }

// Report has the name of the others'.
func (u *Audit) Report() string {
	return Cents(u.Total).String()
}
