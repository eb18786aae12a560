package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/process"
)

// startService runs the whole service on the Redis that REDIS_URL names.
func startService(t *testing.T) (inventoryv1.InventoryServiceClient, *grpc.ClientConn, *server) {
	t.Helper()
	return startServiceWith(t, map[string]string{"REDIS_URL": storeURL(t)})
}

func storeURL(t *testing.T) string {
	t.Helper()
	url := os.Getenv("REDIS_URL")
	if url == "" {
		t.Skip("REDIS_URL is not set")
	}
	return url
}

// startServiceWith runs the whole service with more variables.
func startServiceWith(t *testing.T, more map[string]string) (inventoryv1.InventoryServiceClient, *grpc.ClientConn, *server) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "app.sock")
	env := map[string]string{
		"LISTEN":       "unix:" + socket,
		"TRUST_DOMAIN": "mesh.test", "TOKEN_SUBJECT_PREFIX": "users/", "ADMIN_ROLE": "keeper",
	}
	maps.Copy(env, more)
	config, err := process.ParseConfig(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	service, err := start(config, process.NewLog(io.Discard, process.LevelSilent), nil)
	if err != nil {
		t.Fatal(err)
	}
	service.serve()
	t.Cleanup(service.stop)
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the socket's mode is %v, %v", info.Mode(), err)
	}
	connection, err := grpc.NewClient(service.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return inventoryv1.NewInventoryServiceClient(connection), connection, service
}

func as(t *testing.T, user string, roles ...string) context.Context {
	claims, err := json.Marshal(map[string]any{"sub": "users/" + user, "roles": append([]string{}, roles...), "sid": "s"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return metadata.AppendToOutgoingContext(ctx, "x-theseus-claims", base64.RawURLEncoding.EncodeToString(claims))
}

func asPayment(t *testing.T) context.Context {
	return metadata.AppendToOutgoingContext(t.Context(), "x-forwarded-client-cert", "URI=spiffe://mesh.test/ns/shop/sa/payment")
}

func requestID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// stocked makes an item with some pieces, and gives its name.
func stocked(t *testing.T, client inventoryv1.InventoryServiceClient, pieces int64) string {
	t.Helper()
	id := "go-" + strings.ToLower(rand.Text())
	stream, err := client.ImportItems(as(t, "root", "keeper"))
	if err != nil {
		t.Fatal(err)
	}
	item := &inventoryv1.Item{Title: "Kettle", UnitPrice: &money.Money{CurrencyCode: "EUR", Units: 12, Nanos: 500_000_000}}
	if err := stream.Send(&inventoryv1.ImportItemsRequest{ItemId: id, Item: item, OnHand: pieces, RequestId: requestID()}); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.CloseAndRecv(); err != nil {
		t.Fatal(err)
	}
	return "items/" + id
}

// wantRefusal checks code and reason, and gives the details of a type.
func wantRefusal[D proto.Message](t *testing.T, err error, code codes.Code, reason string) (detail D) {
	t.Helper()
	found := status.Convert(err)
	var said string
	for _, each := range found.Details() {
		if info, ok := each.(*errdetails.ErrorInfo); ok {
			said = info.GetReason()
		}
		if wanted, ok := each.(D); ok {
			detail = wanted
		}
	}
	if found.Code() != code || said != reason {
		t.Fatalf("%v with reason %q, want %v with %s", err, said, code, reason)
	}
	return detail
}

func TestRefusalsSayWhatIsWrong(t *testing.T) {
	client, connection, _ := startService(t)
	_, err := client.CreateReservation(as(t, "ada"), reservationOf("items/a", 1001))
	bad := wantRefusal[*errdetails.BadRequest](t, err, codes.InvalidArgument, "VALIDATION_FAILED")
	if got := bad.GetFieldViolations()[0]; got.GetField() != "reservation.lines[0].quantity" || got.GetReason() != "int32.gte_lte" {
		t.Errorf("violation %v", got)
	}
	_, err = client.CreateItem(as(t, "root", "keeper"), &inventoryv1.CreateItemRequest{ItemId: strings.Repeat("a", 70_000)})
	wantRefusal[*errdetails.ErrorInfo](t, err, codes.ResourceExhausted, "REQUEST_TOO_LARGE")
	notUTF8 := &wrapperspb.BytesValue{Value: []byte("items/\xff")}
	err = connection.Invoke(t.Context(), inventoryv1.InventoryService_GetItem_FullMethodName, notUTF8, &inventoryv1.Item{})
	wantRefusal[*errdetails.ErrorInfo](t, err, codes.InvalidArgument, "REQUEST_MALFORMED")
	err = connection.Invoke(t.Context(), "/theseus.inventory.v1.InventoryService/Nothing", &inventoryv1.Item{}, &inventoryv1.Item{})
	wantRefusal[*errdetails.ErrorInfo](t, err, codes.Unimplemented, "UNIMPLEMENTED")
}

func TestAWatchGoesOnAfterItsToken(t *testing.T) {
	client, _, _ := startService(t)
	item := stocked(t, client, 1)
	watch := func(token string) grpc.ServerStreamingClient[inventoryv1.WatchStockResponse] {
		stream, err := client.WatchStock(as(t, "ada"), &inventoryv1.WatchStockRequest{Items: []string{item}, ResumeToken: token})
		if err != nil {
			t.Fatal(err)
		}
		return stream
	}
	first, err := watch("").Recv()
	if err != nil || first.GetLevel().GetOnHand() != 1 {
		t.Fatalf("%v, %v, want the level 1", first, err)
	}
	for range 3 {
		if _, err := client.AddStock(as(t, "root", "keeper"), &inventoryv1.AddStockRequest{Name: item, Quantity: 1, RequestId: requestID()}); err != nil {
			t.Fatal(err)
		}
	}
	resumed := watch(first.GetResumeToken())
	for want := int64(2); want <= 4; want++ {
		if next, err := resumed.Recv(); err != nil || next.GetLevel().GetOnHand() != want {
			t.Fatalf("%v, %v, want the level %d", next, err, want)
		}
	}
}

func TestStoppingEndsWatchesAndSaysNotServing(t *testing.T) {
	client, connection, service := startService(t)
	stream, err := client.WatchStock(t.Context(), &inventoryv1.WatchStockRequest{Items: []string{stocked(t, client, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	health, err := healthpb.NewHealthClient(connection).Watch(t.Context(), &healthpb.HealthCheckRequest{Service: inventoryv1.InventoryService_ServiceDesc.ServiceName})
	if err != nil {
		t.Fatal(err)
	}
	if now, err := health.Recv(); err != nil || now.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Fatalf("%v, %v, want SERVING", now, err)
	}
	service.stop()
	_, err = stream.Recv()
	wantRefusal[*errdetails.RetryInfo](t, err, codes.Unavailable, "SERVICE_UNAVAILABLE")
	if now, err := health.Recv(); err != nil || now.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Fatalf("%v, %v, want NOT_SERVING", now, err)
	}
}
