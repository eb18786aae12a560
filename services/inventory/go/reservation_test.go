package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/contract"
)

// reservationOf asks for some pieces of an item.
func reservationOf(item string, quantity int32) *inventoryv1.CreateReservationRequest {
	lines := []*inventoryv1.ReservationLine{{Item: item, Quantity: quantity}}
	return &inventoryv1.CreateReservationRequest{Reservation: &inventoryv1.Reservation{Lines: lines}, RequestId: requestID()}
}

func TestAPieceIsPromisedOnce(t *testing.T) {
	client, _, _ := startService(t)
	item := stocked(t, client, 10)
	outcomes := make([]error, 32)
	var callers sync.WaitGroup
	for i := range outcomes {
		ctx := as(t, fmt.Sprintf("u%d", i))
		callers.Go(func() {
			_, outcomes[i] = client.CreateReservation(ctx, reservationOf(item, 1))
		})
	}
	callers.Wait()
	refused := slices.DeleteFunc(outcomes, func(err error) bool { return err == nil })
	if len(refused) != 22 {
		t.Fatalf("%d of 32 were refused, want 22", len(refused))
	}
	info := wantRefusal[*errdetails.ErrorInfo](t, refused[0], codes.FailedPrecondition, "STOCK_INSUFFICIENT")
	if info.GetMetadata()["item"] != item || info.GetMetadata()["available"] != "0" {
		t.Errorf("metadata %v", info.GetMetadata())
	}
}

func TestNobodyHoldsMoreThanTheQuotas(t *testing.T) {
	client, _, _ := startService(t)
	service := inventoryv1.File_theseus_inventory_v1_inventory_service_proto.Services().ByName("InventoryService")
	quota := contract.QuotasOf(service.Methods().ByName("CreateReservation"))[0]
	item, hoarder := stocked(t, client, quota.Limit+10), as(t, "hoarder-"+requestID())
	outcomes := make([]error, quota.Limit+10)
	var callers sync.WaitGroup
	for i := range outcomes {
		callers.Go(func() { _, outcomes[i] = client.CreateReservation(hoarder, reservationOf(item, 1)) })
	}
	callers.Wait()
	refused := slices.DeleteFunc(outcomes, func(err error) bool { return err == nil })
	if len(refused) != 10 {
		t.Fatalf("%d were refused, want 10", len(refused))
	}
	info := wantRefusal[*errdetails.ErrorInfo](t, refused[0], codes.ResourceExhausted, "QUOTA_EXCEEDED")
	want := map[string]string{"quota": quota.Name, "limit": strconv.FormatInt(quota.Limit, 10)}
	if !maps.Equal(info.GetMetadata(), want) {
		t.Errorf("metadata %v, want %v", info.GetMetadata(), want)
	}
}

func TestARepeatedReservationIsTheFirstOne(t *testing.T) {
	client, _, _ := startService(t)
	request := reservationOf(stocked(t, client, 3), 2)
	first, err := client.CreateReservation(as(t, "ada"), request)
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.CreateReservation(as(t, "ada"), request)
	if err != nil || !proto.Equal(first, again) {
		t.Errorf("%v, %v, want %v", again, err, first)
	}
	paid, err := client.CommitReservation(asPayment(t), &inventoryv1.CommitReservationRequest{Name: first.Name, Payment: "payments/p"})
	if err != nil || paid.GetState() != inventoryv1.ReservationState_RESERVATION_STATE_COMMITTED {
		t.Errorf("%v, %v, want it to be committed", paid, err)
	}
	_, err = client.GetReservation(as(t, "bob"), &inventoryv1.GetReservationRequest{Name: first.Name})
	wantRefusal[*errdetails.ErrorInfo](t, err, codes.NotFound, "RESERVATION_NOT_FOUND")
}

func TestOfAReservationOnlyLinesAndTTLCount(t *testing.T) {
	client, _, _ := startService(t)
	plain := reservationOf(stocked(t, client, 3), 2)
	plain.Reservation.Ttl = durationpb.New(time.Minute)
	adorned := proto.CloneOf(plain)
	given, price := adorned.Reservation, &money.Money{CurrencyCode: "JPY", Units: -1}
	given.Name, given.Owner, given.Payment, given.Total = "reservations/mine", "users/bob", "payments/p", price
	given.State, given.Lines[0].UnitPrice = inventoryv1.ReservationState_RESERVATION_STATE_COMMITTED, price
	given.CreateTime, given.ExpireTime = timestamppb.New(time.Unix(1, 0)), timestamppb.New(time.Unix(2, 0))

	first, err := client.CreateReservation(as(t, "ada"), adorned)
	if err != nil {
		t.Fatal(err)
	}
	want := &inventoryv1.Reservation{
		Name: first.GetName(), Owner: "users/ada", State: inventoryv1.ReservationState_RESERVATION_STATE_HELD,
		Lines:      []*inventoryv1.ReservationLine{{Item: given.Lines[0].Item, Quantity: 2, UnitPrice: &money.Money{CurrencyCode: "EUR", Units: 12, Nanos: 500_000_000}}},
		Total:      &money.Money{CurrencyCode: "EUR", Units: 25},
		CreateTime: first.GetCreateTime(), ExpireTime: timestamppb.New(first.GetCreateTime().AsTime().Add(time.Minute)),
	}
	if !proto.Equal(first, want) || first.GetName() == given.GetName() || time.Since(first.GetCreateTime().AsTime()) > time.Hour {
		t.Errorf("%v, want %v", first, want)
	}
	again, err := client.CreateReservation(as(t, "ada"), plain)
	if err != nil || !proto.Equal(first, again) {
		t.Errorf("%v, %v, want %v", again, err, first)
	}
	plain.Reservation.Ttl = durationpb.New(time.Minute + time.Second)
	_, err = client.CreateReservation(as(t, "ada"), plain)
	wantRefusal[*errdetails.ErrorInfo](t, err, codes.InvalidArgument, "REQUEST_ID_REUSED")
}

func TestATTLThatIsNoDurationIsRefusedAsOneOutOfRange(t *testing.T) {
	client, _, _ := startService(t)
	refusalOf := func(ttl *durationpb.Duration) *status.Status {
		request := reservationOf(stocked(t, client, 1), 1)
		request.Reservation.Ttl = ttl
		_, err := client.CreateReservation(as(t, "ada"), request)
		return status.Convert(err)
	}
	want := refusalOf(&durationpb.Duration{Seconds: 3601})
	if want.Code() != codes.InvalidArgument {
		t.Fatalf("%v, want a refusal", want)
	}
	if got := refusalOf(&durationpb.Duration{Seconds: 3601, Nanos: -1_000_000_000}); !proto.Equal(got.Proto(), want.Proto()) {
		t.Errorf("%v, want %v", got.Proto(), want.Proto())
	}
}
