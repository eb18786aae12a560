package store

import (
	"context"
	"strconv"
	"time"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
)

// Line is a quantity of an item, which is named by its id.
type Line struct {
	Item     string
	Quantity int32
}

// CreateReservation makes a reservation with a new id. It holds the stock of all lines or of none, and
// never more than the quotas leave to the owner.
func (s *Store) CreateReservation(ctx context.Context, key RequestKey, id string, ttl time.Duration, lines []Line) (*inventoryv1.Reservation, error) {
	args := key.args(id, strconv.FormatInt(ttl.Milliseconds(), 10), strconv.Itoa(len(s.quotas)))
	for _, quota := range s.quotas {
		args = append(args, quota.Name, strconv.FormatInt(quota.Limit, 10))
	}
	for _, line := range lines {
		args = append(args, line.Item, strconv.Itoa(int(line.Quantity)))
	}
	return s.reservation(ctx, "create-reservation", args...)
}

// GetReservation returns a reservation of an owner. With an empty owner it returns anybody's.
func (s *Store) GetReservation(ctx context.Context, id, owner string) (*inventoryv1.Reservation, error) {
	return s.reservation(ctx, "get-reservation", id, owner)
}

// Release gives up a reservation.
func (s *Store) Release(ctx context.Context, id, owner string) (*inventoryv1.Reservation, error) {
	return s.reservation(ctx, "release-reservation", id, owner)
}

// Commit sells the stock that a reservation holds to a payment.
func (s *Store) Commit(ctx context.Context, id, payment string) (*inventoryv1.Reservation, error) {
	return s.reservation(ctx, "commit-reservation", id, payment)
}

// Uncommit undoes Commit. A later Commit by the same payment is refused, also when there was none before.
func (s *Store) Uncommit(ctx context.Context, id, payment string) error {
	_, _, err := s.run(ctx, "uncommit-reservation", id, payment)
	return err
}

// Sweep expires a batch of reservations that are past their time, and removes a batch that is past its retention. It
// returns how many of each.
func (s *Store) Sweep(ctx context.Context) (expired, removed int64, err error) {
	texts, err := s.texts(ctx, 2, "sweep")
	if err != nil {
		return 0, 0, err
	}
	var n numbers
	expired, removed = n.int64(texts[0]), n.int64(texts[1])
	return expired, removed, n.err
}

func (s *Store) reservation(ctx context.Context, script string, args ...string) (*inventoryv1.Reservation, error) {
	texts, err := s.texts(ctx, reservationTexts, script, args...)
	if err != nil {
		return nil, err
	}
	return toReservation(texts)
}
