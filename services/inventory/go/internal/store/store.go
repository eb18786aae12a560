// Package store keeps items and reservations in Redis, as storage.md describes them. Its errors are refusals, or faults
// of ours.
package store

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// Store is safe for concurrent use.
type Store struct {
	runner
	client *redis.Client
}

// New makes a store of a connection, which stays its maker's.
func New(client *redis.Client, scripts Scripts) *Store {
	return &Store{runner: runner{redis: client, scripts: scripts}, client: client}
}

// Ping succeeds when the store answers.
func (s *Store) Ping(ctx context.Context) error { return s.client.Ping(ctx).Err() }

// RequestKey is by what a write that is repeated is recognised.
type RequestKey struct {
	Scope       string // whose request it is: users/…
	ID          string
	Fingerprint string // what it says
}

func (k RequestKey) args(more ...string) []string {
	return append([]string{k.Scope, k.ID, k.Fingerprint}, more...)
}
