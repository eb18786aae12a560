package inventory

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/refusal"
	"theseus.local/inventory/internal/rpc"
	"theseus.local/inventory/internal/store"
)

const (
	defaultTTL = 15 * time.Minute
	payment    = "payment"
)

// CreateReservation holds stock for the caller. Of the given reservation, lines and ttl count.
func (s *Service) CreateReservation(ctx context.Context, request *inventoryv1.CreateReservationRequest) (*inventoryv1.Reservation, error) {
	given := request.GetReservation()
	ttl, err := ttlOf(given.GetTtl())
	if err != nil {
		return nil, err
	}
	described := []string{"CreateReservation", strconv.FormatInt(ttl.Milliseconds(), 10)}
	lines := make([]store.Line, len(given.GetLines()))
	for i, line := range given.GetLines() {
		described = append(described, line.GetItem(), strconv.Itoa(int(line.GetQuantity())))
		lines[i] = store.Line{Item: itemID(line.GetItem()), Quantity: line.GetQuantity()}
	}
	key, err := requestKey(ctx, request.GetRequestId(), described...)
	if err != nil {
		return nil, err
	}
	return s.store.CreateReservation(ctx, key, s.newID(), ttl, lines)
}

// GetReservation returns a reservation to its owner. The payment service sees every reservation.
func (s *Service) GetReservation(ctx context.Context, request *inventoryv1.GetReservationRequest) (*inventoryv1.Reservation, error) {
	var owner string
	if call := rpc.CallOf(ctx); call.Caller != payment && call.Principal != nil {
		owner = call.Principal.User
	}
	return s.store.GetReservation(ctx, reservationID(request.GetName()), owner)
}

// ReleaseReservation gives up a reservation of the caller.
func (s *Service) ReleaseReservation(ctx context.Context, request *inventoryv1.ReleaseReservationRequest) (*inventoryv1.Reservation, error) {
	owner, err := rpc.User(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.Release(ctx, reservationID(request.GetName()), owner)
}

// CommitReservation sells the stock that a reservation holds to a payment.
func (s *Service) CommitReservation(ctx context.Context, request *inventoryv1.CommitReservationRequest) (*inventoryv1.Reservation, error) {
	return s.store.Commit(ctx, reservationID(request.GetName()), request.GetPayment())
}

// UncommitReservation undoes CommitReservation.
func (s *Service) UncommitReservation(ctx context.Context, request *inventoryv1.UncommitReservationRequest) (*inventoryv1.UncommitReservationResponse, error) {
	if err := s.store.Uncommit(ctx, reservationID(request.GetName()), request.GetPayment()); err != nil {
		return nil, err
	}
	return &inventoryv1.UncommitReservationResponse{}, nil
}

// ttlOf is how long to hold stock, rounded to the nearest millisecond.
func ttlOf(given *durationpb.Duration) (time.Duration, error) {
	if given == nil {
		return defaultTTL, nil
	}
	// The rules see seconds and nanos added up: 3,601 s less 1,000,000,000 ns, which is no duration, would pass as 3,600 s.
	if given.CheckValid() != nil {
		return 0, ttlOutOfRange()
	}
	return given.AsDuration().Round(time.Millisecond), nil
}

// ttlOutOfRange refuses as the contract's rule on the field does.
func ttlOutOfRange() error {
	violation := refusal.Violation{
		Field: "reservation.ttl", Rule: "duration.gte_lte",
		Message: "must be greater than or equal to 1s and less than or equal to 3600s",
	}
	refused := refusal.New(errorv1.ErrorReason_VALIDATION_FAILED, violation.Field+": "+violation.Message)
	refused.Violations = []refusal.Violation{violation}
	return refused
}
