package process

import (
	"regexp"

	"theseus.local/inventory/internal/rpc"
)

var trustDomain = regexp.MustCompile(`^[a-z0-9._-]{1,255}$`)

// readIdentity reads the variables that say who callers and end users are. It returns nil when none of them is set.
func (r *reader) readIdentity() *rpc.Identity {
	const domainVariable, prefixVariable, roleVariable = "TRUST_DOMAIN", "TOKEN_SUBJECT_PREFIX", "ADMIN_ROLE"
	domain, prefix, role := r.getenv(domainVariable), r.getenv(prefixVariable), r.getenv(roleVariable)
	if domain == "" && prefix == "" && role == "" {
		return nil
	}
	before := len(r.faults)
	r.read(domainVariable, func(text string) string {
		if text != "" && !trustDomain.MatchString(text) {
			return "must be a SPIFFE trust domain: 1 to 255 of the characters a-z, 0-9, '.', '_' and '-'"
		}
		return present(text)
	})
	r.read(prefixVariable, present)
	r.read(roleVariable, present)
	if len(r.faults) > before {
		return nil
	}
	return rpc.NewIdentity(domain, prefix, role)
}

func present(text string) (problem string) {
	if text == "" {
		return "TRUST_DOMAIN, TOKEN_SUBJECT_PREFIX and ADMIN_ROLE must be set together or not at all"
	}
	return ""
}
