package main

import (
	"errors"
	"fmt"

	"example.com/db/config"
	"example.com/db/conn"
)

func main() {
	if err := run("db.local"); err != nil {
		fmt.Println(err.Error())
	}
	fmt.Println(run(""))
	Must(open("other"))
}

func run(host string) error {
	c, err := open(host)
	if err != nil {
		var bad *config.Error
		if errors.As(err, &bad) {
			return fmt.Errorf("%s: %w", bad.Hint(), err)
		}
		return err
	}
	defer c.Close()
	tx, done := c.Begin()
	defer done()
	tx.Exec("select")
	rows, _ := c.Query("all").Rows()
	rows.Next()
	return tx.Commit()
}

func open(host string) (*conn.Conn, error) {
	cfg, err := config.New(host, config.WithPort(9), config.Quiet)
	if err != nil {
		return nil, err
	}
	return conn.New(cfg)
}

// Must panics.
func Must(c *conn.Conn, err error) *conn.Conn {
	if err != nil {
		panic(err.Error())
	}
	c.Close()
	return c
}
