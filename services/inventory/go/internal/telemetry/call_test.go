package telemetry

import (
	"testing"

	"google.golang.org/grpc/codes"
)

func TestTellingNobodyCostsNothing(t *testing.T) {
	var nobody *Telemetry
	parent := ParseTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	allocations := testing.AllocsPerRun(100, func() {
		call := nobody.Answer("/package.Service/Method", parent)
		call.End(Outcome{Code: codes.NotFound, Reason: "ITEM_NOT_FOUND", RequestID: "r"})
		if call.TraceID != parent.TraceID || call.SpanID != "" {
			t.Errorf("%+v", call)
		}
	})
	if allocations > 0 {
		t.Errorf("%v allocations a call", allocations)
	}
	nobody.Close()
}
