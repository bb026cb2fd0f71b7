// Package pool runs jobs.
package pool

import "sync"

// Pool has workers.
type Pool struct {
	jobs  chan func()
	group sync.WaitGroup
}

var idle = func() int { return limit(0) }

// Start makes the workers.
func Start(n int) *Pool {
	p := &Pool{jobs: make(chan func(), idle())}
	for i := 0; i < limit(n); i++ {
		p.group.Add(1)
		go p.work()
	}
	return p
}

func limit(n int) int {
	if n < 1 {
		return 1
	}
	return n
}

// Submit hands a job over.
func (p *Pool) Submit(job func()) { p.jobs <- job }

// Close waits.
func (p *Pool) Close() {
	defer p.wait()
	close(p.jobs)
}

func (p *Pool) work() {
	defer p.group.Done()
	for job := range p.jobs {
		job()
	}
}

func (p *Pool) wait() { p.group.Wait() }

func step(n int) int   { return n - 1 }
func square(n int) int { return step(n) }
