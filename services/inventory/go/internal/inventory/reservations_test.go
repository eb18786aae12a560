package inventory

import (
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
)

func TestTTLOf(t *testing.T) {
	tests := []struct {
		ttl  *durationpb.Duration
		want time.Duration
	}{
		{nil, 15 * time.Minute},
		{&durationpb.Duration{Seconds: 1}, time.Second},
		{&durationpb.Duration{Seconds: 60, Nanos: 1_000_000}, 60_001 * time.Millisecond},
		{&durationpb.Duration{Seconds: 60, Nanos: 499_999}, time.Minute},
		{&durationpb.Duration{Seconds: 60, Nanos: 500_000}, 60_001 * time.Millisecond},
		{&durationpb.Duration{Seconds: 3599, Nanos: 999_999_999}, time.Hour},
		{&durationpb.Duration{Seconds: 3600}, time.Hour},
	}
	for _, test := range tests {
		if got, err := ttlOf(test.ttl); err != nil || got != test.want {
			t.Errorf("%v: %v, %v, want %v", test.ttl, got, err, test.want)
		}
	}
}

func TestATTLThatIsNoDurationIsRefused(t *testing.T) {
	for _, ttl := range []*durationpb.Duration{
		{Seconds: 3601, Nanos: -1_000_000_000},
		{Seconds: 3600, Nanos: -1},
		{Seconds: 2, Nanos: -5},
		{Nanos: 1_000_000_000},
		{Seconds: 3599, Nanos: 1_000_000_000},
	} {
		got, err := ttlOf(ttl)
		var refused *refusal.Error
		if !errors.As(err, &refused) || refused.Reason != errorv1.ErrorReason_VALIDATION_FAILED {
			t.Errorf("%v: %v, %v, want a refusal", ttl, got, err)
			continue
		}
		if violation := refused.Violations[0]; violation.Field != "reservation.ttl" || violation.Rule != "duration.gte_lte" {
			t.Errorf("%v: %+v", ttl, violation)
		}
	}
}
