package inventory

import (
	"testing"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
	"theseus.local/inventory/internal/token"
)

func TestResumeTokens(t *testing.T) {
	for _, want := range []cursor{
		{position: "1700000000000-0"},
		{position: "1700000000000-12", inSnapshot: true, item: "kettle"},
	} {
		// The order of the items does not matter.
		got, err := parseResumeToken([]string{"pot", "kettle"}, resumeToken([]string{"kettle", "pot"}, want))
		if err != nil || got != want {
			t.Errorf("%+v comes back as %+v, %v", want, got, err)
		}
	}
	if got, err := parseResumeToken(nil, ""); err != nil || got != (cursor{inSnapshot: true}) {
		t.Errorf("no token: %+v, %v, want the first levels", got, err)
	}
}

func TestResumeTokensThatAreRefused(t *testing.T) {
	binding := watchBinding(nil)
	for name, text := range map[string]string{
		"damaged":        "zz",
		"of other items": resumeToken([]string{"kettle"}, cursor{position: "1-0"}),
		"no cursor":      token.Encode(binding, nil),
		"no position":    token.Encode(binding, []string{"x"}),
		"no item":        token.Encode(binding, []string{"1-0", "KETTLE"}),
		"too much":       token.Encode(binding, []string{"1-0", "kettle", "pot"}),
	} {
		if _, err := parseResumeToken(nil, text); !refusal.Is(err, errorv1.ErrorReason_RESUME_TOKEN_INVALID) {
			t.Errorf("%s: %v, want RESUME_TOKEN_INVALID", name, err)
		}
	}
}
