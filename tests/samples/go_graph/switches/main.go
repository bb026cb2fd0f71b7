package main

import (
	"fmt"

	"example.com/calc/ast"
	"example.com/calc/query"
)

func main() {
	e := ast.Add{L: ast.Num(2), R: &ast.Neg{X: ast.Num(5)}}
	fmt.Println(eval(e), ast.Show(e), weigh(e))
	fmt.Println(orders(), people())
	only(ast.Num(1))
}

func eval(n ast.Node) int {
	switch v := n.(type) {
	case ast.Num:
		return v.Value()
	case ast.Add:
		return v.Combine(eval(v.L), eval(v.R))
	case *ast.Neg:
		return v.Flip(eval(v.X))
	default:
		return v.Weight()
	}
}

func weigh(n ast.Node) int {
	if add, ok := n.(ast.Add); ok {
		return add.Weight() + add.R.Weight()
	}
	return n.Weight()
}

func only(n any) int {
	if n == nil {
		return 0
	}
	num := n.(ast.Num)
	if w, ok := n.(interface{ Missing() int }); ok {
		return w.Missing()
	}
	return num.Value() + n.(ast.Num).Weight()
}

func orders() string {
	return query.From("orders").Where("paid").Limit(3).Build().Text()
}

func people() int {
	byName := map[string]query.Person{"ann": {Age: 3}}
	list := []*query.Person{{Age: 4}, {Age: 5}}
	matrix := map[string][]query.Person{"all": {{Age: 9}}}
	total := byName["ann"].Years()
	for _, p := range list {
		total += p.Years()
	}
	for _, rows := range matrix {
		for i := range rows {
			rows[i].Birthday()
		}
	}
	list[0].Birthday()
	total += matrix["all"][0].Home().City().Size()
	if p, ok := byName["bob"]; ok {
		total += p.Home().Size()
	}
	ch := make(chan query.Person, 1)
	ch <- *list[1]
	return total + (<-ch).Years()
}
