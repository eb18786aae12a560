package store

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Clients are the connections to Redis. Those of one URL can be exchanged for those of another while commands run; only one
// caller at a time may do that.
type Clients struct {
	mu  sync.RWMutex
	now *clientPair
}

// clientPair has the connections of one URL.
type clientPair struct {
	url      string
	commands *redis.Client
	// blocking is for the command that waits for a change, and for nothing else.
	blocking *redis.Client
	running  sync.WaitGroup
}

// NewClients makes clients that connect at their first command.
func NewClients(url string) (*Clients, error) {
	pair, err := newClientPair(url)
	return &Clients{now: pair}, err
}

func newClientPair(url string) (*clientPair, error) {
	commands, err := Connect(url)
	if err != nil {
		return nil, err
	}
	blocking, err := Connect(url)
	if err != nil {
		return nil, err
	}
	return &clientPair{url: url, commands: commands, blocking: blocking}, nil
}

// Use leads every command from now on to a URL. It returns when the last command to another one has ended.
func (c *Clients) Use(url string) error {
	before := c.current()
	if before.url == url {
		return nil
	}
	pair, err := newClientPair(url)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.now = pair
	c.mu.Unlock()
	before.close()
	return nil
}

// StopWaiting ends the command that waits for a change.
func (c *Clients) StopWaiting() { _ = c.current().blocking.Close() }

// Close closes the connections when their last command has ended.
func (c *Clients) Close() { c.current().close() }

func (c *Clients) current() *clientPair {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.now
}

func (p *clientPair) close() {
	_ = p.blocking.Close()
	p.running.Wait()
	_ = p.commands.Close()
}

// do runs commands on a client that stays open until they end.
func (c *Clients) do(commands func(client *redis.Client) error) error {
	c.mu.RLock()
	pair := c.now
	pair.running.Add(1)
	c.mu.RUnlock()
	defer pair.running.Done()
	return commands(pair.commands)
}

// wait runs a command that blocks its connection. Clients of another URL end it.
func (c *Clients) wait(ctx context.Context, args *redis.XReadArgs) error {
	return c.current().blocking.XRead(ctx, args).Err()
}
