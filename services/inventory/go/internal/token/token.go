// Package token makes the texts that other implementations must recognise: fingerprints of requests, and page and resume
// tokens. storage.md says how.
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

// Fingerprint is what a request says, in 64 hex digits: the SHA-256 of the netstrings of its fields.
func Fingerprint(fields ...string) string {
	sum := sha256.Sum256(appendNetstrings(nil, fields...))
	return hex.EncodeToString(sum[:])
}

// Encode makes an opaque token of a cursor. It belongs to requests with the same bound fields.
func Encode(bound, cursor []string) string {
	parts := append([]string{version, binding(bound)}, cursor...)
	return base64.RawURLEncoding.EncodeToString(appendNetstrings(nil, parts...))
}

// Decode gives the cursor in a token; false for a token that is damaged or bound to other fields.
func Decode(bound []string, token string) (cursor []string, ok bool) {
	encoded, err := base64.RawURLEncoding.DecodeString(token)
	// Go passes over line breaks in base64: only the one spelling counts.
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
