package main

import (
	"fmt"

	"example.com/bank/ledger"
)

func main() {
	a := ledger.Open("ann")
	a.Deposit(100)
	a.Withdraw(30)
	b := ledger.Account{}
	b.Deposit(5)
	ledger.Transfer(a, &b, 20)
	fmt.Println(a.Report())
	fmt.Println(b.Balance())
	audit(a)
}

func audit(a *ledger.Account) {
	total := (*ledger.Account).Balance(a)
	check := ledger.Audit{Total: int(total)}
	check.Report()
	if !check.Balanced(a) {
		a.History().Report()
	}
}
