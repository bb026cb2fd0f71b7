// Command app prints a report about the items of a shop.
package main

import (
	"fmt"
	"os"

	"example.com/app/go-text"
	htmlrender "example.com/app/html/render"
	"example.com/app/plain/render"
	st "example.com/app/store"
)

func main() {
	shop := st.New("corner")
	shop.Add("tea", 3)
	shop.Add("milk", 1)
	fmt.Fprintln(os.Stdout, report(shop))
	fmt.Println(page(shop))
}

// report uses the plain renderer.
func report(shop *st.Store) string {
	title := text.Title(shop.Name())
	return render.Document(title, shop.Lines())
}

// page uses the renderer with the alias.
func page(shop *st.Store) string {
	return htmlrender.Document(text.Title(shop.Name()), shop.Lines())
}
