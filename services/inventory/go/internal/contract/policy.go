// Package contract reads the options that the contract puts on its services, methods, fields and reasons.
package contract

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/durationpb"

	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
)

// Policy is what the contract says about calling a method: the options of the method over those of its service.
type Policy struct {
	Timeout         time.Duration
	Allow           []*meshv1.Allow
	MaxRequestBytes int // of each message, for a stream
	// ReadOnly methods have no side effects. All others are refused in standby.
	ReadOnly bool
	declared []Reason
}

// MayAnswer reports whether the method may be refused for a reason.
func (p Policy) MayAnswer(reason Reason) bool {
	return RuleOf(reason).Common || slices.Contains(p.declared, reason)
}

// PoliciesOf reads the policies of a service's methods, by the methods' names. Its error names every fault, each with its
// method: the contract may never be silent about a limit.
func PoliciesOf(service protoreflect.ServiceDescriptor) (map[protoreflect.Name]Policy, error) {
	policies := map[protoreflect.Name]Policy{}
	var faults []error
	for i := range service.Methods().Len() {
		method := service.Methods().Get(i)
		resolved := resolve(method)
		policies[method.Name()] = Policy{
			Timeout:         milliseconds(resolved.GetTimeout()),
			Allow:           resolved.GetAllow(),
			MaxRequestBytes: int(resolved.GetMaxRequestBytes()),
			ReadOnly:        isReadOnly(method),
			declared:        declaredBy(method),
		}
		for _, fault := range faultsOf(method, resolved) {
			faults = append(faults, fmt.Errorf("%s: %s", method.FullName(), fault))
		}
	}
	return policies, errors.Join(faults...)
}

// resolve puts the policy of a method over that of its service, field by field. It returns nil where both are silent.
func resolve(method protoreflect.MethodDescriptor) *meshv1.Policy {
	own, hasOwn := option[*meshv1.Policy](method.Options(), meshv1.E_Policy)
	shared, hasShared := option[*meshv1.Policy](method.Parent().Options(), meshv1.E_ServicePolicy)
	if !hasOwn && !hasShared {
		return nil
	}
	resolved := &meshv1.Policy{
		Timeout:         cmp.Or(own.GetTimeout(), shared.GetTimeout()),
		Rate:            cmp.Or(own.GetRate(), shared.GetRate()),
		MaxRequestBytes: cmp.Or(own.GetMaxRequestBytes(), shared.GetMaxRequestBytes()),
	}
	ways := own.GetAllow()
	if len(ways) == 0 {
		ways = shared.GetAllow()
	}
	for _, way := range ways {
		caller := cmp.Or(way.GetCaller(), onlyCaller(shared))
		resolved.Allow = append(resolved.Allow, &meshv1.Allow{Caller: caller, Auth: way.GetAuth()})
	}
	return resolved
}

// onlyCaller is the one caller that a service's policy names; empty when it names none, or more than one.
func onlyCaller(shared *meshv1.Policy) string {
	var only string
	for i, way := range shared.GetAllow() {
		if i > 0 && way.GetCaller() != only {
			return ""
		}
		only = way.GetCaller()
	}
	return only
}

func isReadOnly(method protoreflect.MethodDescriptor) bool {
	options, _ := method.Options().(*descriptorpb.MethodOptions)
	return options.GetIdempotencyLevel() == descriptorpb.MethodOptions_NO_SIDE_EFFECTS
}

func declaredBy(method protoreflect.MethodDescriptor) []Reason {
	declared, _ := option[[]Reason](method.Options(), meshv1.E_Errors)
	return declared
}

// milliseconds rounds to whole milliseconds, in which the contract's times are compared.
func milliseconds(duration *durationpb.Duration) time.Duration {
	return duration.AsDuration().Round(time.Millisecond)
}
