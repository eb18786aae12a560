// Package inventory implements theseus.inventory.v1.InventoryService.
package inventory

import (
	"context"
	"strings"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/rpc"
	"theseus.local/inventory/internal/store"
	"theseus.local/inventory/internal/token"
)

// Service has the RPCs.
type Service struct {
	inventoryv1.UnimplementedInventoryServiceServer
	store *store.Store
	feed  *Feed
	newID func() string
}

// NewService makes a service on a store and the feed of its changes.
func NewService(store *store.Store, feed *Feed, newID func() string) *Service {
	return &Service{store: store, feed: feed, newID: newID}
}

// requestKey identifies a write. The texts that describe it are the method's name and the fields that storage.md lists.
func requestKey(ctx context.Context, id string, described ...string) (store.RequestKey, error) {
	user, err := rpc.User(ctx)
	return store.RequestKey{Scope: user, ID: id, Fingerprint: token.Fingerprint(described...)}, err
}

func itemID(name string) string { return strings.TrimPrefix(name, store.ItemPrefix) }

func reservationID(name string) string { return strings.TrimPrefix(name, store.ReservationPrefix) }
