package rpc

import (
	"crypto/rand"
	"regexp"
	"strings"

	"google.golang.org/grpc/metadata"

	"theseus.local/inventory/internal/telemetry"
)

var validID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// requestIDOf is the caller's request id, or a new one when the caller gives none or an invalid one.
func requestIDOf(md metadata.MD) string {
	if given, ok := header(md, "x-request-id"); ok && validID.MatchString(given) {
		return given
	}
	return strings.ToLower(rand.Text())
}

// parentOf is the caller's place in its W3C trace.
func parentOf(md metadata.MD) telemetry.Place {
	given, _ := header(md, "traceparent")
	return telemetry.ParseTraceparent(given)
}
