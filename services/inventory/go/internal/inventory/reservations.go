package inventory

import (
	"context"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/rpc"
	"theseus.local/inventory/internal/store"
)

const (
	defaultHold = 15 * time.Minute
	payment     = "payment"
)

// ReserveStock holds stock for the caller.
func (s *Service) ReserveStock(ctx context.Context, request *inventoryv1.ReserveStockRequest) (*inventoryv1.Reservation, error) {
	hold := holdFor(request.GetHoldDuration())
	described := []string{"ReserveStock", strconv.FormatInt(hold.Milliseconds(), 10)}
	lines := make([]store.Line, len(request.GetLines()))
	for i, line := range request.GetLines() {
		described = append(described, line.GetItem(), strconv.Itoa(int(line.GetQuantity())))
		lines[i] = store.Line{Item: itemID(line.GetItem()), Quantity: line.GetQuantity()}
	}
	key, err := requestKey(ctx, request.GetRequestId(), described...)
	if err != nil {
		return nil, err
	}
	return s.store.Reserve(ctx, key, s.newID(), hold, lines)
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

// holdFor is how long to hold stock, in whole milliseconds.
func holdFor(asked *durationpb.Duration) time.Duration {
	if asked == nil {
		return defaultHold
	}
	return asked.AsDuration().Truncate(time.Millisecond)
}
