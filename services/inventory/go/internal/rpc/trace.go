package rpc

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"strings"

	"google.golang.org/grpc/metadata"
)

var (
	validID     = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	traceparent = regexp.MustCompile(`^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$`)
)

// requestIDOf is the caller's request id, or a new one when the caller gives none or an invalid one.
func requestIDOf(md metadata.MD) string {
	if given, ok := header(md, "x-request-id"); ok && validID.MatchString(given) {
		return given
	}
	return strings.ToLower(rand.Text())
}

// traceIDOf is the id of the caller's W3C trace, or a new id.
func traceIDOf(md metadata.MD) string {
	given, _ := header(md, "traceparent")
	match := traceparent.FindStringSubmatch(given)
	if match != nil && match[1] != "ff" && strings.Trim(match[2], "0") != "" && strings.Trim(match[3], "0") != "" {
		return match[2]
	}
	id := make([]byte, 16)
	_, _ = rand.Read(id)
	return hex.EncodeToString(id)
}
