package main

import (
	"crypto/rand"
	"math"
	"strings"
	"testing"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
)

func TestACountIsRefusedAsACallIs(t *testing.T) {
	client, _, _ := startService(t)
	admin, item := as(t, "root", "keeper"), stocked(t, client, 3)
	if _, err := client.CreateReservation(as(t, "ada"), reservationOf(item, 2)); err != nil {
		t.Fatal(err)
	}
	add := func(name string, quantity int64, id string) error {
		_, err := client.AddStock(admin, &inventoryv1.AddStockRequest{Name: name, Quantity: quantity, RequestId: id})
		return err
	}
	used := requestID()
	if err := add(item, 1, used); err != nil {
		t.Fatal(err)
	}
	missing := "items/none-" + strings.ToLower(rand.Text())
	counts, err := client.SyncStock(admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		count *inventoryv1.SyncStockRequest
		call  error
	}{
		{&inventoryv1.SyncStockRequest{Item: missing, OnHand: 1, RequestId: requestID()}, add(missing, 1, requestID())},
		{&inventoryv1.SyncStockRequest{Item: item, OnHand: 1, RequestId: requestID()}, add(item, math.MaxInt64, requestID())},
		{&inventoryv1.SyncStockRequest{Item: item, OnHand: 3, RequestId: used}, add(item, 2, used)},
	} {
		if err := counts.Send(test.count); err != nil {
			t.Fatal(err)
		}
		answer, err := counts.Recv()
		if err != nil {
			t.Fatal(err)
		}
		want := status.Convert(test.call).Proto()
		if got := answer.GetRefusal(); len(want.GetDetails()) == 0 || !proto.Equal(got, want) {
			t.Errorf("%v: %v, want %v", test.count, got, want)
		}
		if answer.GetRequestId() != test.count.GetRequestId() {
			t.Errorf("%v answers %v", answer, test.count)
		}
	}
}
