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

// Service answers the RPCs.
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

// requestKey recognises a repeated write; said is the method's name and what the request says, as storage.md lists it.
func requestKey(ctx context.Context, id string, said ...string) (store.RequestKey, error) {
	user, err := rpc.User(ctx)
	return store.RequestKey{Scope: user, ID: id, Fingerprint: token.Fingerprint(said...)}, err
}

func itemID(name string) string { return strings.TrimPrefix(name, store.ItemPrefix) }

func reservationID(name string) string { return strings.TrimPrefix(name, store.ReservationPrefix) }
