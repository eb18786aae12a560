package main

import (
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
)

// standbyFiles are what a supervisor writes: whether the process is in standby, and the URL of its store.
type standbyFiles struct {
	t                *testing.T
	standby, url     string
	reading, writing string
}

// newStandbyFiles puts a process into standby with a user of the store who only reads.
func newStandbyFiles(t *testing.T) *standbyFiles {
	t.Helper()
	folder := t.TempDir()
	f := &standbyFiles{t: t, standby: filepath.Join(folder, "standby"), url: filepath.Join(folder, "url")}
	f.writing, f.reading = storeURL(t), readingURL(t, "reader-"+requestID())
	f.enter()
	return f
}

func readingURL(t *testing.T, user string) string {
	t.Helper()
	parsed, err := url.Parse(storeURL(t))
	if err != nil {
		t.Fatal(err)
	}
	store := connect(t, parsed.String())
	rules := []any{"ACL", "SETUSER", user, "on", ">pw", "~inventory:*", "+@read", "+ping", "+time", "+eval", "+evalsha"}
	if err := store.Do(t.Context(), rules...).Err(); err != nil {
		t.Fatal(err)
	}
	parsed.User = url.UserPassword(user, "pw")
	return parsed.String()
}

func connect(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func (f *standbyFiles) env() map[string]string {
	return map[string]string{"REDIS_URL_FILE": f.url, "LAUNCH_STANDBY_FILE": f.standby}
}

func (f *standbyFiles) enter() {
	f.write(f.url, f.reading)
	f.write(f.standby, "")
}

func (f *standbyFiles) leave() {
	f.write(f.url, f.writing)
	if err := os.Remove(f.standby); err != nil {
		f.t.Fatal(err)
	}
}

func (f *standbyFiles) write(path, content string) {
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// watchHealth gives what waits until a name has a status.
func watchHealth(t *testing.T, connection *grpc.ClientConn, name string) (until func(healthpb.HealthCheckResponse_ServingStatus)) {
	t.Helper()
	watch, err := healthpb.NewHealthClient(connection).Watch(as(t, "ada"), &healthpb.HealthCheckRequest{Service: name})
	if err != nil {
		t.Fatal(err)
	}
	return func(want healthpb.HealthCheckResponse_ServingStatus) {
		t.Helper()
		for {
			now, err := watch.Recv()
			if err != nil {
				t.Fatalf("%v, want %q to be %v", err, name, want)
			}
			if now.GetStatus() == want {
				return
			}
		}
	}
}

const (
	serving    = healthpb.HealthCheckResponse_SERVING
	notServing = healthpb.HealthCheckResponse_NOT_SERVING
)

func TestInStandbyEachMethodThatWritesIsRefused(t *testing.T) {
	files := newStandbyFiles(t)
	_, connection, _ := startServiceWith(t, files.env())
	described := inventoryv1.File_theseus_inventory_v1_inventory_service_proto.Services().ByName("InventoryService")
	refused := 0
	for i := range described.Methods().Len() {
		method := described.Methods().Get(i)
		if method.Options().(*descriptorpb.MethodOptions).GetIdempotencyLevel() == descriptorpb.MethodOptions_NO_SIDE_EFFECTS {
			continue
		}
		// Neither the token, nor the allow list, nor the request is looked at.
		path := "/" + string(described.FullName()) + "/" + string(method.Name())
		err := connection.Invoke(t.Context(), path, &emptypb.Empty{}, &emptypb.Empty{})
		wantRefusal[*errdetails.RetryInfo](t, err, codes.Unavailable, "SERVICE_UNAVAILABLE")
		refused++
	}
	if refused < 8 {
		t.Errorf("%d methods write, want 8 at the least", refused)
	}
}

func TestInStandbyReadsAreAnsweredAndNothingIsWritten(t *testing.T) {
	active, _, _ := startService(t)
	item := stocked(t, active, 3)
	files := newStandbyFiles(t)
	client, connection, service := startServiceWith(t, files.env())
	watchHealth(t, connection, "")(serving)
	watchHealth(t, connection, "active")(notServing)
	if found, err := client.GetItem(t.Context(), &inventoryv1.GetItemRequest{Name: item}); err != nil || found.GetName() != item {
		t.Errorf("%v, %v, want %s", found, err, item)
	}
	stream, err := client.WatchStock(t.Context(), &inventoryv1.WatchStockRequest{Items: []string{item}})
	if err != nil {
		t.Fatal(err)
	}
	if level, err := stream.Recv(); err != nil || level.GetLevel().GetOnHand() != 3 {
		t.Errorf("%v, %v, want the level 3", level, err)
	}
	if service.stopSweeper != nil {
		t.Error("it sweeps")
	}
}

func TestAnExpiredHoldIsShownInStandbyAndFreedWhenActive(t *testing.T) {
	before, _, service := startService(t)
	item := stocked(t, before, 3)
	request := reservationOf(item, 2)
	request.Reservation.Ttl = durationpb.New(time.Second)
	hold, err := before.CreateReservation(as(t, "ada"), request)
	if err != nil {
		t.Fatal(err)
	}
	service.stop()
	files := newStandbyFiles(t)
	client, connection, _ := startServiceWith(t, files.env())
	for hold.GetState() != inventoryv1.ReservationState_RESERVATION_STATE_EXPIRED {
		if hold, err = client.GetReservation(as(t, "ada"), &inventoryv1.GetReservationRequest{Name: hold.GetName()}); err != nil {
			t.Fatal(err)
		}
	}
	stream, err := client.WatchStock(as(t, "ada"), &inventoryv1.WatchStockRequest{Items: []string{item}})
	if err != nil {
		t.Fatal(err)
	}
	if level, err := stream.Recv(); err != nil || level.GetLevel().GetHeld() != 2 {
		t.Fatalf("%v, %v, want 2 pieces to be held", level, err)
	}
	files.leave()
	watchHealth(t, connection, "active")(serving)
	// The stream goes on over the change, with the store opened anew.
	if level, err := stream.Recv(); err != nil || level.GetLevel().GetHeld() != 0 {
		t.Errorf("%v, %v, want nothing to be held", level, err)
	}
}

func TestAProcessFollowsItsStandbyFile(t *testing.T) {
	files := newStandbyFiles(t)
	client, connection, _ := startServiceWith(t, files.env())
	until := watchHealth(t, connection, "active")
	for range 2 {
		until(notServing)
		files.leave()
		until(serving)
		item := stocked(t, client, 1)
		counts, err := client.SyncStock(as(t, "root", "keeper"))
		if err != nil {
			t.Fatal(err)
		}
		count := &inventoryv1.SyncStockRequest{Item: item, OnHand: 5, RequestId: requestID()}
		if err := counts.Send(count); err != nil {
			t.Fatal(err)
		}
		if answer, err := counts.Recv(); err != nil || answer.GetRefusal() != nil {
			t.Fatalf("%v, %v, want the count to be taken", answer, err)
		}
		files.enter()
		_, err = counts.Recv()
		wantRefusal[*errdetails.RetryInfo](t, err, codes.Unavailable, "SERVICE_UNAVAILABLE")
		until(notServing)
		_, err = client.CreateReservation(as(t, "ada"), reservationOf(item, 1))
		wantRefusal[*errdetails.RetryInfo](t, err, codes.Unavailable, "SERVICE_UNAVAILABLE")
		if _, err = client.GetItem(t.Context(), &inventoryv1.GetItemRequest{Name: item}); err != nil {
			t.Error(err)
		}
		files.leave()
		until(serving)
		files.enter()
	}
}

func TestStandbyWaitsForWritesUnderWay(t *testing.T) {
	files := newStandbyFiles(t)
	files.leave()
	client, connection, _ := startServiceWith(t, files.env())
	until := watchHealth(t, connection, "active")
	until(serving)
	rows, err := client.ImportItems(as(t, "root", "keeper"))
	if err != nil {
		t.Fatal(err)
	}
	row := func() *inventoryv1.ImportItemsRequest {
		item := &inventoryv1.Item{Title: "Pot", UnitPrice: &money.Money{CurrencyCode: "EUR", Units: 9}}
		return &inventoryv1.ImportItemsRequest{ItemId: "go-" + strings.ToLower(requestID()), Item: item, RequestId: requestID()}
	}
	first := row()
	if err := rows.Send(first); err != nil {
		t.Fatal(err)
	}
	for read := errors.New("not yet"); read != nil; {
		_, read = client.GetItem(t.Context(), &inventoryv1.GetItemRequest{Name: "items/" + first.GetItemId()})
	}
	files.enter()
	// New calls are refused while the import goes on.
	for refused := error(nil); refused == nil; {
		_, refused = client.CreateItem(as(t, "root", "keeper"), &inventoryv1.CreateItemRequest{ItemId: "go-" + requestID(), Item: row().GetItem(), RequestId: requestID()})
	}
	checked, err := healthpb.NewHealthClient(connection).Check(t.Context(), &healthpb.HealthCheckRequest{Service: "active"})
	if err != nil || checked.GetStatus() != serving {
		t.Errorf("%v, %v, want SERVING while an import is under way", checked, err)
	}
	if err := rows.Send(row()); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if answer, err := rows.CloseAndRecv(); err != nil || answer.GetCreatedCount() != 2 {
		t.Errorf("%v, %v, want 2 rows", answer, err)
	}
	until(notServing)
}
