package telemetry

import (
	"maps"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
)

func TestALineIsARecordOfTheSameNames(t *testing.T) {
	record, place, ok := recordOf([]byte(`{"time":"2026-01-02T03:04:05.678Z","level":"fatal","msg":"trouble","name":"inventory",` +
		`"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","event":"call","ms":1.5,"count":3,"cut":true,` +
		`"none":null,"list":["a"],"err":{"type":"*net.OpError","message":"refused","stack":"at f"}}` + "\n"))
	if !ok {
		t.Fatal("it is none")
	}
	want := map[attribute.Key]attribute.Value{
		"event":                attribute.StringValue("call"),
		"ms":                   attribute.Float64Value(1.5),
		"count":                attribute.Int64Value(3),
		"cut":                  attribute.BoolValue(true),
		"list":                 attribute.StringValue(`["a"]`),
		"exception.type":       attribute.StringValue("*net.OpError"),
		"exception.message":    attribute.StringValue("refused"),
		"exception.stacktrace": attribute.StringValue("at f"),
	}
	if got := attributesOf(record); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := record.Timestamp(); !got.Equal(time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)) {
		t.Error(got)
	}
	if record.Severity() != log.SeverityFatal || record.SeverityText() != "FATAL" || record.Body() != attribute.StringValue("trouble") {
		t.Errorf("%v %q %v", record.Severity(), record.SeverityText(), record.Body())
	}
	if got := place.TraceID().String() + " " + place.SpanID().String(); got != "4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7" {
		t.Error(got)
	}
}

func TestAnErrorThatIsATextIsAnException(t *testing.T) {
	record, _, _ := recordOf([]byte(`{"time":"2026-01-02T03:04:05.678Z","level":"warn","msg":"trouble","err":"refused"}`))
	want := map[attribute.Key]attribute.Value{"exception.message": attribute.StringValue("refused")}
	if got := attributesOf(record); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestWhatIsNoLineOfTheLogIsNoRecord(t *testing.T) {
	for _, text := range []string{`{"event":"listening","pid":1}`, `{"level":"info","time":"now"}`, "", "panic: no", strings.Repeat("x", 9000)} {
		if record, _, ok := recordOf([]byte(text)); ok {
			t.Errorf("%.40q is %v", text, record)
		}
	}
}

func attributesOf(record log.Record) map[attribute.Key]attribute.Value {
	attributes := map[attribute.Key]attribute.Value{}
	record.WalkAttributes(func(each attribute.KeyValue) bool {
		attributes[each.Key] = each.Value
		return true
	})
	return attributes
}
