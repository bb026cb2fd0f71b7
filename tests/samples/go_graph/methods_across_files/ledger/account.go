// Package ledger keeps accounts.
package ledger

type (
	// Account is somebody's money.
	Account struct {
		owner   string
		balance Cents
		history Entries
	}

	// Cents is an amount.
	Cents int

	// Entries is what happened.
	Entries []Cents
)

// Open makes an account.
func Open(owner string) *Account {
	return &Account{owner: owner}
}

// Balance gives what is left.
func (a *Account) Balance() Cents {
	return a.balance
}

// History gives what happened.
func (a *Account) History() Entries { return a.history }
