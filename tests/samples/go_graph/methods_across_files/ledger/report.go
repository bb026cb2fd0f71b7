package ledger

import "fmt"

// Report is the account's.
func (a *Account) Report() string {
	return a.owner + ": " + a.balance.String() + "\n" + a.history.Report()
}

// Report is the entries'.
func (e Entries) Report() string {
	out := ""
	for _, c := range e {
		out += c.String() + "\n"
	}
	return out
}

// String writes an amount.
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", c.Negative()
	}
	return fmt.Sprintf("%s%d.%02d", sign, int(c)/100, int(c)%100)
}
