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

// unknownCaller has a certificate of no workload of this mesh: no policy names it.
const unknownCaller = "unknown"

// Identity recognises workloads and end users. A nil one recognises nobody.
type Identity struct {
	// workload matches an element of x-forwarded-client-cert, and captures the workload's name.
	workload      *regexp.Regexp
	subjectPrefix string
	adminRole     string
}

// NewIdentity recognises the workloads of a SPIFFE trust domain, and access tokens whose subject begins with a prefix. A
// role makes administrators.
func NewIdentity(trustDomain, subjectPrefix, adminRole string) *Identity {
	id := `spiffe://` + regexp.QuoteMeta(trustDomain) + `/ns/[a-z0-9-]+/sa/([a-z0-9-]+)`
	return &Identity{
		workload:      regexp.MustCompile(`(?:^|;)URI="?` + id + `"?(?:;|$)`),
		subjectPrefix: subjectPrefix,
		adminRole:     adminRole,
	}
}

// Principal is the end user of a call, from the access token that the sidecar has verified.
type Principal struct {
	User    string // the token's subject
	IsAdmin bool
}

// header is the value of a header. Several values are joined by commas, as HTTP prescribes.
func header(md metadata.MD, name string) (string, bool) {
	values := md.Get(name)
	return strings.Join(values, ", "), len(values) > 0
}

// callerOf names the workload in the nearest hop's certificate; empty when there is no sidecar.
func (i *Identity) callerOf(md metadata.MD) string {
	chain, ok := header(md, "x-forwarded-client-cert")
	if !ok {
		return ""
	}
	if i == nil {
		return unknownCaller
	}
	nearest := strings.TrimSpace(chain[strings.LastIndexByte(chain, ',')+1:])
	if match := i.workload.FindStringSubmatch(nearest); match != nil {
		return match[1]
	}
	return unknownCaller
}

// principalOf reads the claims that the sidecar has verified; nil without a token.
func (i *Identity) principalOf(md metadata.MD) (*Principal, error) {
	encoded, ok := header(md, "x-theseus-claims")
	if !ok {
		return nil, nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return nil, tokenInvalid(err)
	}
	// A struct would accept names in any case, and null for every type.
	var claims map[string]any
	if err := json.Unmarshal(plain, &claims); err != nil {
		return nil, tokenInvalid(err)
	}
	user, _ := claims["sub"].(string)
	roles, isList := claims["roles"].([]any)
	_, hasSession := claims["sid"].(string)
	if i == nil || !strings.HasPrefix(user, i.subjectPrefix) || !isList || !hasSession || !areTexts(roles) {
		return nil, tokenInvalid(nil)
	}
	return &Principal{User: user, IsAdmin: slices.Contains(roles, any(i.adminRole))}, nil
}

func areTexts(values []any) bool {
	return !slices.ContainsFunc(values, func(value any) bool {
		_, isText := value.(string)
		return !isText
	})
}

func tokenInvalid(cause error) error {
	return refusal.New(errorv1.ErrorReason_TOKEN_INVALID, "the access token is not one of this shop").WithCause(cause)
}
