package rpc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

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
	claims, err := parseClaims(encoded)
	if err != nil {
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

var errNoClaims = errors.New("the claims are not one JSON object in base64url")

// escapes matches what begins with a backslash in JSON. The group is half of a surrogate pair: the library replaces it.
var escapes = regexp.MustCompile(`(?i)\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(ud[89a-f][0-9a-f]{2})|.)`)

func parseClaims(encoded string) (map[string]any, error) {
	plain, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	// A struct would accept names in any case, and null for every type; without UseNumber a number must fit a float64.
	var claims map[string]any
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber()
	if err := decoder.Decode(&claims); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) || !utf8.Valid(plain) || hasHalfCharacter(plain) {
		return nil, errNoClaims
	}
	return claims, nil
}

func hasHalfCharacter(document []byte) bool {
	return slices.ContainsFunc(escapes.FindAllSubmatch(document, -1), func(match [][]byte) bool { return match[1] != nil })
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
