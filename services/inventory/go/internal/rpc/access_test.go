package rpc

import (
	"errors"
	"testing"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	"theseus.local/inventory/internal/refusal"
)

const accepted = errorv1.ErrorReason_ERROR_REASON_UNSPECIFIED

func reasonOf(err error) errorv1.ErrorReason {
	var refused *refusal.Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return accepted
}

func TestCheckAccess(t *testing.T) {
	allowed := []*meshv1.Allow{
		{Caller: "gateway", Auth: meshv1.Auth_AUTH_USER},
		{Caller: "payment", Auth: meshv1.Auth_AUTH_NONE},
	}
	administration := []*meshv1.Allow{{Caller: "gateway", Auth: meshv1.Auth_AUTH_ADMIN}}
	customer := &Principal{User: "users/ada"}
	admin := &Principal{User: "users/root", IsAdmin: true}
	tests := []struct {
		name      string
		allowed   []*meshv1.Allow
		caller    string
		principal *Principal
		want      errorv1.ErrorReason
	}{
		{"the gateway with a user", allowed, "gateway", customer, accepted},
		{"the gateway without a user", allowed, "gateway", nil, errorv1.ErrorReason_TOKEN_MISSING},
		{"payment on its own behalf", allowed, "payment", nil, accepted},
		{"another workload", allowed, "provider", admin, errorv1.ErrorReason_CALLER_DENIED},
		{"a developer", allowed, "", nil, accepted},
		{"an administrator", administration, "gateway", admin, accepted},
		{"a customer in the administration", administration, "gateway", customer, errorv1.ErrorReason_CALLER_DENIED},
		{"nobody in the administration", administration, "", nil, errorv1.ErrorReason_TOKEN_MISSING},
		{"a method without a policy", nil, "", admin, errorv1.ErrorReason_CALLER_DENIED},
	}
	for _, test := range tests {
		if got := reasonOf(checkAccess(test.allowed, test.caller, test.principal)); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
