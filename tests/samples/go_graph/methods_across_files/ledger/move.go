package ledger

// Deposit adds.
func (a *Account) Deposit(amount Cents) {
	a.book(amount)
}

// Withdraw takes.
func (a *Account) Withdraw(amount Cents) {
	if a.Balance() < amount {
		return
	}
	a.book(amount.Negative())
}

// Transfer moves an amount from one account to another.
func Transfer(from, to *Account, amount Cents) {
	from.Withdraw(amount)
	to.Deposit(amount)
}

func (a *Account) book(amount Cents) {
	a.balance += amount
	a.history = append(a.history, amount)
}

// Negative turns the sign.
func (c Cents) Negative() Cents { return -c }
