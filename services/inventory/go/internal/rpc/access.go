package rpc

import (
	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	"theseus.local/inventory/internal/refusal"
)

// checkAccess refuses a call unless one of the method's ways in fits. A developer, who has no certificate, may use each.
func checkAccess(ways []*meshv1.Allow, caller string, principal *Principal) error {
	open := false
	for _, way := range ways {
		if caller != "" && caller != way.GetCaller() {
			continue
		}
		if fits(way.GetAuth(), principal) {
			return nil
		}
		open = true
	}
	if open && principal == nil {
		return tokenMissing()
	}
	return refusal.New(errorv1.ErrorReason_CALLER_DENIED, "the caller may not call this method")
}

func fits(auth meshv1.Auth, principal *Principal) bool {
	switch auth {
	case meshv1.Auth_AUTH_PUBLIC, meshv1.Auth_AUTH_NONE:
		return true
	case meshv1.Auth_AUTH_USER:
		return principal != nil
	case meshv1.Auth_AUTH_ADMIN:
		return principal != nil && principal.IsAdmin
	default:
		return false
	}
}

func tokenMissing() error {
	return refusal.New(errorv1.ErrorReason_TOKEN_MISSING, "an access token is needed")
}
