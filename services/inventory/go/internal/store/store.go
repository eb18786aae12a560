// Package store keeps items and reservations in Redis, as storage.md describes them. Its errors are refusals, or faults
// of this service.
package store

import (
	"context"

	"github.com/redis/go-redis/v9"

	"theseus.local/inventory/internal/contract"
)

// Store is safe for concurrent use.
type Store struct {
	runner
	quotas []contract.Quota
}

// New makes a store on clients. The quotas are those of CreateReservation. Closing the clients is up to the caller.
func New(clients *Clients, scripts Scripts, quotas []contract.Quota) *Store {
	return &Store{runner: runner{clients: clients, scripts: scripts}, quotas: quotas}
}

// Ping returns nil when Redis answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.clients.do(func(client *redis.Client) error { return client.Ping(ctx).Err() })
}

// RequestKey identifies a write, so that a repeat of it has no further effect.
type RequestKey struct {
	Scope       string // the user who calls: users/…
	ID          string
	Fingerprint string // of what the request says
}

func (k RequestKey) args(more ...string) []string {
	return append([]string{k.Scope, k.ID, k.Fingerprint}, more...)
}
