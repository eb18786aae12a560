package rpc

import (
	"encoding/base64"
	"errors"
	"testing"

	"google.golang.org/grpc/metadata"

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
	ways := []*meshv1.Allow{
		{Caller: "gateway", Auth: meshv1.Auth_AUTH_USER},
		{Caller: "payment", Auth: meshv1.Auth_AUTH_NONE},
	}
	administration := []*meshv1.Allow{{Caller: "gateway", Auth: meshv1.Auth_AUTH_ADMIN}}
	customer := &Principal{User: "users/ada", Roles: []string{"customer"}}
	admin := &Principal{User: "users/root", Roles: []string{"customer", "admin"}}
	tests := []struct {
		name      string
		ways      []*meshv1.Allow
		caller    string
		principal *Principal
		want      errorv1.ErrorReason
	}{
		{"the gateway with a user", ways, "gateway", customer, accepted},
		{"the gateway without a user", ways, "gateway", nil, errorv1.ErrorReason_TOKEN_MISSING},
		{"payment on its own behalf", ways, "payment", nil, accepted},
		{"another workload", ways, "provider", admin, errorv1.ErrorReason_CALLER_DENIED},
		{"a developer", ways, "", nil, accepted},
		{"an administrator", administration, "gateway", admin, accepted},
		{"a customer in the administration", administration, "gateway", customer, errorv1.ErrorReason_CALLER_DENIED},
		{"nobody in the administration", administration, "", nil, errorv1.ErrorReason_TOKEN_MISSING},
		{"a method without a policy", nil, "", admin, errorv1.ErrorReason_CALLER_DENIED},
	}
	for _, test := range tests {
		if got := reasonOf(checkAccess(test.ways, test.caller, test.principal)); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestCallerOf(t *testing.T) {
	const id = "URI=spiffe://theseus.local/ns/shop/sa/"
	for chain, want := range map[string]string{
		id + "gateway": "gateway",
		`Hash=ab;URI="` + id[4:] + `gateway";Subject=""`: "gateway",
		id + "stranger," + id + "payment":                "payment",
		"URI=spiffe://elsewhere/ns/a/sa/b":               unknownCaller,
		"":                                               unknownCaller,
	} {
		if got := callerOf(metadata.Pairs("x-forwarded-client-cert", chain)); got != want {
			t.Errorf("callerOf(%q) = %q, want %q", chain, got, want)
		}
	}
	if got := callerOf(metadata.MD{}); got != "" {
		t.Errorf("without a header the caller is %q, want none", got)
	}
}

func TestPrincipalOf(t *testing.T) {
	for claims, want := range map[string]errorv1.ErrorReason{
		`{"sub":"users/ada","roles":["customer"],"sid":"s"}`: accepted,
		`{"sub":"users/ada","roles":[],"sid":""}`:            accepted,
		`{"sub":"ada","roles":[],"sid":"s"}`:                 errorv1.ErrorReason_TOKEN_INVALID,
		`{"SUB":"users/ada","roles":[],"sid":"s"}`:           errorv1.ErrorReason_TOKEN_INVALID,
		`{"sub":"users/ada","roles":null,"sid":"s"}`:         errorv1.ErrorReason_TOKEN_INVALID,
		`{"sub":"users/ada","roles":[null],"sid":"s"}`:       errorv1.ErrorReason_TOKEN_INVALID,
		`{"sub":"users/ada","roles":[]}`:                     errorv1.ErrorReason_TOKEN_INVALID,
		`nonsense`:                                           errorv1.ErrorReason_TOKEN_INVALID,
		``:                                                   errorv1.ErrorReason_TOKEN_INVALID,
	} {
		header := base64.RawURLEncoding.EncodeToString([]byte(claims))
		_, err := principalOf(metadata.Pairs("x-theseus-claims", header))
		if got := reasonOf(err); got != want {
			t.Errorf("claims %s: %v, want %v", claims, got, want)
		}
	}
	if principal, err := principalOf(metadata.MD{}); principal != nil || err != nil {
		t.Errorf("without a header: %v, %v, want nobody", principal, err)
	}
}
