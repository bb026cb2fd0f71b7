// Package config has settings.
package config

// Config is settings.
type Config struct {
	Host  string
	port  int
	quiet bool
}

// Option changes settings.
type Option func(*Config)

// Error is a bad setting.
type Error struct{ what string }

// Error makes it an error.
func (e *Error) Error() string { return "bad " + e.what }

// Hint helps.
func (e *Error) Hint() string { return "set the " + e.what }

// New makes settings.
func New(host string, options ...Option) (cfg *Config, err error) {
	cfg = defaults()
	cfg.Host = host
	for _, option := range options {
		option(cfg)
	}
	if err = cfg.check(); err != nil {
		return nil, err
	}
	return
}

// WithPort is an option.
func WithPort(port int) Option {
	return func(c *Config) { c.setPort(port) }
}

// Quiet is one, too.
func Quiet(c *Config) { c.quiet = true }

func defaults() *Config { return &Config{port: 1} }

func (c *Config) setPort(port int) { c.port = port }

func (c *Config) check() error {
	if c.Host == "" {
		return newError("host")
	}
	return nil
}

func newError(what string) *Error { return &Error{what} }

// Close has a connection's method's name.
func (c *Config) Close() {}
