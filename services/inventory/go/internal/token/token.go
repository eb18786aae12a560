// Package token makes fingerprints of requests, page tokens and resume tokens. storage.md defines their form: every
// implementation must make the same.
package token

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
)

const (
	version       = "1"
	bindingDigits = 16
)

// Fingerprint is the SHA-256 of the netstrings of some fields, in 64 hex digits.
func Fingerprint(fields ...string) string {
	sum := sha256.Sum256(appendNetstrings(nil, fields...))
	return hex.EncodeToString(sum[:])
}

// Encode makes a token from a cursor. The token is valid for requests with the same bound fields.
func Encode(bound, cursor []string) string {
	parts := append([]string{version, binding(bound)}, cursor...)
	return base64.RawURLEncoding.EncodeToString(appendNetstrings(nil, parts...))
}

// Decode returns the cursor of a token; false for a token that is damaged or bound to other fields.
func Decode(bound []string, token string) (cursor []string, ok bool) {
	encoded, err := base64.RawURLEncoding.DecodeString(token)
	// Go's decoder ignores line breaks. Only the canonical encoding is accepted.
	if err != nil || base64.RawURLEncoding.EncodeToString(encoded) != token {
		return nil, false
	}
	parts, ok := parseNetstrings(encoded)
	if !ok || len(parts) < 2 || !slices.Equal(parts[:2], []string{version, binding(bound)}) {
		return nil, false
	}
	return parts[2:], true
}

func binding(bound []string) string {
	return Fingerprint(bound...)[:bindingDigits]
}
