package contract

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	quotav1 "theseus.local/inventory/gen/theseus/quota/v1"
)

// faultList is what is wrong with the options of a method.
type faultList []string

// faultsOf finds every fault of a method's options. A nil policy is one.
func faultsOf(method protoreflect.MethodDescriptor, policy *meshv1.Policy) []string {
	var faults faultList
	faults.addIf(policy == nil, "has no policy")
	if policy != nil {
		faults.addLimits(policy)
		faults.addWays(policy.GetAllow())
	}
	reasons := declaredBy(method)
	faults.addReasons(reasons)
	faults.addQuotas(QuotasOf(method), reasons)
	return faults
}

func (f *faultList) addIf(isFault bool, format string, args ...any) {
	if isFault {
		*f = append(*f, fmt.Sprintf(format, args...))
	}
}

func (f *faultList) addLimits(policy *meshv1.Policy) {
	rate := policy.GetRate()
	f.addIf(milliseconds(policy.GetTimeout()) <= 0, "has no timeout")
	f.addIf(policy.GetMaxRequestBytes() == 0, "has no max_request_bytes")
	f.addIf(rate != nil && rate.GetRequestsPerSecond() == 0, "rate lets no call through")
	f.addIf(rate.GetBurst() < rate.GetRequestsPerSecond(), "rate's burst is below requests_per_second")
}

func (f *faultList) addWays(allow []*meshv1.Allow) {
	f.addIf(len(allow) == 0, "allows no caller")
	seen := map[string]bool{}
	for _, each := range allow {
		caller, auth := each.GetCaller(), each.GetAuth()
		way := caller + " " + strings.TrimPrefix(auth.String(), "AUTH_")
		f.addIf(caller == "", "allows a caller without a name, and its service names no single one")
		f.addIf(auth == meshv1.Auth_AUTH_UNSPECIFIED, "does not say what a call of %q must prove", caller)
		f.addIf(!isKnown(auth), "asks %q for the unknown proof %d", caller, auth)
		f.addIf(seen[way], "allows %q twice", way)
		seen[way] = true
	}
}

func (f *faultList) addReasons(reasons []Reason) {
	for i, reason := range reasons {
		f.addIf(reason == errorv1.ErrorReason_ERROR_REASON_UNSPECIFIED, "declares an unspecified error")
		f.addIf(!isKnown(reason), "declares the unknown error %d", reason)
		f.addIf(slices.Index(reasons, reason) != i, "declares %s twice", reason)
	}
}

func (f *faultList) addQuotas(quotas []Quota, reasons []Reason) {
	isDeclared := slices.Contains(reasons, errorv1.ErrorReason_QUOTA_EXCEEDED)
	f.addIf(len(quotas) > 0 && !isDeclared, "has quotas and does not declare QUOTA_EXCEEDED")
	f.addIf(len(quotas) == 0 && isDeclared, "declares QUOTA_EXCEEDED and has no quota")
	seen := map[string]bool{}
	for _, quota := range quotas {
		name, scope := quota.Name, quota.Scope
		f.addIf(name == "", "has a quota without a name")
		f.addIf(seen[name], "has the quota %q twice", name)
		f.addIf(scope == quotav1.Scope_SCOPE_UNSPECIFIED || !isKnown(scope), "quota %q does not say whose", name)
		f.addIf(quota.Limit < 1, "quota %q lets nothing through", name)
		f.addIf(quota.Window != nil && *quota.Window <= 0, "quota %q has an empty window", name)
		seen[name] = true
	}
}

func isKnown(value protoreflect.Enum) bool {
	return value.Descriptor().Values().ByNumber(value.Number()) != nil
}
