package rpc

import (
	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	"theseus.local/inventory/internal/refusal"
)

// checkAccess refuses a call that no entry of the method's allow list permits. A caller without a certificate, as on a
// developer's machine, may use every entry.
func checkAccess(allowed []*meshv1.Allow, caller string, principal *Principal) error {
	callerListed := false
	for _, entry := range allowed {
		if caller != "" && caller != entry.GetCaller() {
			continue
		}
		if permits(entry.GetAuth(), principal) {
			return nil
		}
		callerListed = true
	}
	if callerListed && principal == nil {
		return tokenMissing()
	}
	return refusal.New(errorv1.ErrorReason_CALLER_DENIED, "the caller may not call this method")
}

func permits(auth meshv1.Auth, principal *Principal) bool {
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
