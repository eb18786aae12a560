package rpc

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/grpc/metadata"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
)

// unknownCaller has a certificate that is not of this mesh: no rule names it.
const unknownCaller = "unknown"

var spiffeID = regexp.MustCompile(`(?:^|;)URI="?spiffe://theseus\.local/ns/[a-z0-9-]+/sa/([a-z0-9-]+)"?(?:;|$)`)

// Principal is the end user of a call, from the access token that the sidecar has verified.
type Principal struct {
	User  string // users/…
	Roles []string
}

func (p *Principal) isAdmin() bool {
	return p != nil && slices.Contains(p.Roles, "admin")
}

// header is the text of a header; values of one that came several times are joined, as HTTP has it.
func header(md metadata.MD, name string) (string, bool) {
	values := md.Get(name)
	return strings.Join(values, ", "), len(values) > 0
}

// callerOf names the workload in the nearest hop's certificate; empty when there is no sidecar.
func callerOf(md metadata.MD) string {
	chain, ok := header(md, "x-forwarded-client-cert")
	if !ok {
		return ""
	}
	nearest := strings.TrimSpace(chain[strings.LastIndexByte(chain, ',')+1:])
	if match := spiffeID.FindStringSubmatch(nearest); match != nil {
		return match[1]
	}
	return unknownCaller
}

// principalOf reads the claims that the sidecar has verified; nil without a token.
func principalOf(md metadata.MD) (*Principal, error) {
	encoded, ok := header(md, "x-theseus-claims")
	if !ok {
		return nil, nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return nil, tokenInvalid(err)
	}
	// Not into a struct: that would take names in any case, and null for anything.
	var claims map[string]any
	if err := json.Unmarshal(plain, &claims); err != nil {
		return nil, tokenInvalid(err)
	}
	user, _ := claims["sub"].(string)
	roles, isList := claims["roles"].([]any)
	_, hasSession := claims["sid"].(string)
	if !strings.HasPrefix(user, "users/") || !isList || !hasSession {
		return nil, tokenInvalid(nil)
	}
	principal := &Principal{User: user}
	for _, each := range roles {
		role, isText := each.(string)
		if !isText {
			return nil, tokenInvalid(nil)
		}
		principal.Roles = append(principal.Roles, role)
	}
	return principal, nil
}

func tokenInvalid(cause error) error {
	return refusal.New(errorv1.ErrorReason_TOKEN_INVALID, "the access token is not one of this shop").Because(cause)
}
