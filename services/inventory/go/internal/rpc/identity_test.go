package rpc

import (
	"encoding/base64"
	"testing"

	"google.golang.org/grpc/metadata"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
)

var identity = NewIdentity("mesh.test", "people/", "keeper")

func TestCallerOf(t *testing.T) {
	const id = "URI=spiffe://mesh.test/ns/shop/sa/"
	for chain, want := range map[string]string{
		id + "gateway": "gateway",
		`Hash=ab;URI="` + id[4:] + `gateway";Subject=""`: "gateway",
		id + "stranger," + id + "payment":                "payment",
		"URI=spiffe://mesh.test/ns/other/sa/payment":     "payment",
		"URI=spiffe://elsewhere/ns/shop/sa/payment":      unknownCaller,
		// The domain is no pattern, and not the end of another.
		"URI=spiffe://mesh-test/ns/shop/sa/payment":   unknownCaller,
		"URI=spiffe://a.mesh.test/ns/shop/sa/payment": unknownCaller,
		"": unknownCaller,
	} {
		if got := identity.callerOf(metadata.Pairs("x-forwarded-client-cert", chain)); got != want {
			t.Errorf("callerOf(%q) = %q, want %q", chain, got, want)
		}
	}
	if got := identity.callerOf(metadata.MD{}); got != "" {
		t.Errorf("without a header the caller is %q, want none", got)
	}
}

func TestPrincipalOf(t *testing.T) {
	customer, keeper := &Principal{User: "people/ada"}, &Principal{User: "people/ada", IsAdmin: true}
	for claims, want := range map[string]*Principal{
		`{"sub":"people/ada","roles":["customer"],"sid":"s"}`:                   customer,
		`{"sub":"people/ada","roles":[],"sid":""}`:                              customer,
		`{"sub":"people/ada","roles":["customer","admin"],"sid":"s"}`:           customer,
		`{"sub":"people/ada","roles":["customer","keeper"],"sid":"s"}`:          keeper,
		`{"sub":"users/ada","roles":[],"sid":"s"}`:                              nil,
		`{"SUB":"people/ada","roles":[],"sid":"s"}`:                             nil,
		`{"sub":"people/ada","roles":null,"sid":"s"}`:                           nil,
		`{"sub":"people/ada","roles":[null],"sid":"s"}`:                         nil,
		`{"sub":"people/ada","roles":[]}`:                                       nil,
		`{"sub":"people/ada","roles":["customer"],"sid":"s","x":1e999}`:         customer,
		`{"sub":"people/ada","roles":["customer"],"sid":"\ud83d\ude00\\ud83d"}`: customer,
		`{"sub":"people/ada","roles":["customer"],"sid":"\ud83d"}`:              nil,
		`{"sub":"people/ada","roles":["customer"],"sid":"\ude00\ud83d"}`:        nil,
		`{"sub":"people/ada","roles":["customer"],"sid":"s","\uDBFF-":0}`:       nil,
		"{\"sub\":\"people/ada\",\"roles\":[\"customer\"],\"sid\":\"\xff\"}":    nil,
		`{"sub":"people/ada","roles":["customer"],"sid":"s"}{}`:                 nil,
		`nonsense`: nil,
		``:         nil,
	} {
		got, err := identity.principalOf(withClaims(claims))
		switch {
		case want == nil:
			if reasonOf(err) != errorv1.ErrorReason_TOKEN_INVALID {
				t.Errorf("claims %s: %v, %v, want TOKEN_INVALID", claims, got, err)
			}
		case err != nil || *got != *want:
			t.Errorf("claims %s: %v, %v, want %v", claims, got, err, want)
		}
	}
	if principal, err := identity.principalOf(metadata.MD{}); principal != nil || err != nil {
		t.Errorf("without a header: %v, %v, want nobody", principal, err)
	}
}

func TestWithoutAnIdentityNobodyIsKnown(t *testing.T) {
	var none *Identity
	certificate := metadata.Pairs("x-forwarded-client-cert", "URI=spiffe://mesh.test/ns/shop/sa/gateway")
	if got := none.callerOf(certificate); got != unknownCaller {
		t.Errorf("a certificate is %q's, want %q", got, unknownCaller)
	}
	if got := none.callerOf(metadata.MD{}); got != "" {
		t.Errorf("without a header the caller is %q, want none", got)
	}
	_, err := none.principalOf(withClaims(`{"sub":"people/ada","roles":["keeper"],"sid":"s"}`))
	if reasonOf(err) != errorv1.ErrorReason_TOKEN_INVALID {
		t.Errorf("claims: %v, want TOKEN_INVALID", err)
	}
	if principal, err := none.principalOf(metadata.MD{}); principal != nil || err != nil {
		t.Errorf("without a header: %v, %v, want nobody", principal, err)
	}
}

func withClaims(claims string) metadata.MD {
	return metadata.Pairs("x-theseus-claims", base64.RawURLEncoding.EncodeToString([]byte(claims)))
}
