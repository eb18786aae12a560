package contract

import (
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
)

// Reason says why a call is refused.
type Reason = errorv1.ErrorReason

// Rule is what the contract says about a reason.
type Rule struct {
	// Code is the status code of the reason.
	Code codes.Code
	// Common reasons may be answered by every method. Others must be declared by the method.
	Common bool
	// RetryAfter is how long to wait before a retry; 0 when a retry does not help.
	RetryAfter time.Duration
}

// RuleOf reads the rule of a reason. A reason without a rule counts as INTERNAL.
func RuleOf(reason Reason) Rule {
	internal := Rule{Code: codes.Internal, Common: true}
	value := reason.Descriptor().Values().ByNumber(reason.Number())
	if value == nil {
		return internal
	}
	rule, found := option[*errorv1.ReasonRule](value.Options(), errorv1.E_Rule)
	if !found || rule.GetCode() == 0 {
		return internal
	}
	return Rule{
		Code:       codes.Code(rule.GetCode()),
		Common:     rule.GetCommon(),
		RetryAfter: rule.GetRetryAfter().AsDuration(),
	}
}

// ReasonNamed finds a reason by its name.
func ReasonNamed(name string) (Reason, bool) {
	value := Reason(0).Descriptor().Values().ByName(protoreflect.Name(name))
	if value == nil || value.Number() == 0 {
		return 0, false
	}
	return Reason(value.Number()), true
}
