package rpc

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	"theseus.local/inventory/internal/telemetry"
)

// collector receives spans by OTLP.
type collector struct {
	mu    sync.Mutex
	spans []*tracev1.Span
}

func (c *collector) ServeHTTP(_ http.ResponseWriter, request *http.Request) {
	var told collectortrace.ExportTraceServiceRequest
	bytes, err := io.ReadAll(request.Body)
	if request.URL.Path != "/v1/traces" || err != nil || proto.Unmarshal(bytes, &told) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range told.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			c.spans = append(c.spans, scope.GetSpans()...)
		}
	}
}

func TestEveryCallOfAMethodIsASpan(t *testing.T) {
	received := &collector{}
	receiver := httptest.NewServer(received)
	defer receiver.Close()
	options := telemetry.Options{Endpoint: receiver.URL, SpanDelay: time.Hour, RecordDelay: time.Hour, MetricInterval: time.Hour}
	told, err := telemetry.Start(options, telemetry.Process{Name: "measure", Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	policy := func(caller string, auth meshv1.Auth) *meshv1.Policy {
		return &meshv1.Policy{
			Timeout:         durationpb.New(time.Minute),
			Allow:           []*meshv1.Allow{{Caller: caller, Auth: auth}},
			MaxRequestBytes: 8,
		}
	}
	connection := serveTold(t, newMeasure(t, "Told", map[string]*meshv1.Policy{
		"Measure": policy("gateway", meshv1.Auth_AUTH_PUBLIC),
		"Own":     policy("gateway", meshv1.Auth_AUTH_USER),
	}), told)

	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	ctx := metadata.AppendToOutgoingContext(t.Context(), "traceparent", "00-"+trace+"-"+parent+"-01", "x-request-id", "measured")
	for path, request := range map[string]proto.Message{
		"/measure.Told/Measure":        wrapperspb.Bytes([]byte("small")),
		"/measure.Told/Own":            wrapperspb.Bytes(nil),
		"/measure.Told/None":           wrapperspb.Bytes(nil),
		"/grpc.health.v1.Health/Check": &healthpb.HealthCheckRequest{},
	} {
		_ = connection.Invoke(ctx, path, request, &emptypb.Empty{})
	}
	_ = connection.Invoke(ctx, "/measure.Told/Measure", wrapperspb.Bytes(make([]byte, 64)), &emptypb.Empty{})
	told.Close()

	var got []string
	for _, span := range received.spans {
		attributes := map[string]string{}
		for _, each := range span.GetAttributes() {
			attributes[each.GetKey()] = each.GetValue().GetStringValue()
		}
		got = append(got, span.GetName()+" "+attributes["rpc.response.status_code"]+" "+attributes["theseus.reason"])
		if attributes["theseus.request_id"] != "measured" || attributes["error.type"] != "" || span.GetKind() != tracev1.Span_SPAN_KIND_SERVER {
			t.Errorf("%v", span)
		}
		if place := fmt.Sprintf("%x-%x", span.GetTraceId(), span.GetParentSpanId()); place != trace+"-"+parent {
			t.Errorf("%v is at %s", span, place)
		}
	}
	slices.Sort(got)
	want := []string{
		"measure.Told/Measure OK ", "measure.Told/Measure RESOURCE_EXHAUSTED REQUEST_TOO_LARGE",
		"measure.Told/Own UNAUTHENTICATED TOKEN_MISSING",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
