// Package contract reads the options that the contract puts on its methods, fields and reasons.
package contract

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
)

// Policy is what the contract says about calling a method.
type Policy struct {
	Timeout         time.Duration
	Allow           []*meshv1.Allow
	MaxRequestBytes int // of each message, for a stream
	declared        []Reason
}

// MayAnswer reports whether the method may be refused for a reason.
func (p Policy) MayAnswer(reason Reason) bool {
	return RuleOf(reason).Common || slices.Contains(p.declared, reason)
}

// PoliciesOf reads the policies of a service's methods, by the methods' names. Its error names every method without a
// policy, a timeout or a max_request_bytes.
func PoliciesOf(service protoreflect.ServiceDescriptor) (map[protoreflect.Name]Policy, error) {
	policies := map[protoreflect.Name]Policy{}
	var faults []error
	for i := range service.Methods().Len() {
		method := service.Methods().Get(i)
		policy, err := policyOf(method)
		policies[method.Name()] = policy
		faults = append(faults, err)
	}
	return policies, errors.Join(faults...)
}

func policyOf(method protoreflect.MethodDescriptor) (Policy, error) {
	options := method.Options()
	option, _ := proto.GetExtension(options, meshv1.E_Policy).(*meshv1.Policy)
	declared, _ := proto.GetExtension(options, meshv1.E_Errors).([]Reason)
	policy := Policy{
		Timeout:         option.GetTimeout().AsDuration(),
		Allow:           option.GetAllow(),
		MaxRequestBytes: int(option.GetMaxRequestBytes()),
		declared:        declared,
	}
	switch {
	case option == nil:
		return policy, fmt.Errorf("the contract gives %s no policy", method.FullName())
	case policy.Timeout <= 0:
		return policy, fmt.Errorf("the contract gives %s no timeout", method.FullName())
	case policy.MaxRequestBytes == 0:
		return policy, fmt.Errorf("the contract gives %s no max_request_bytes", method.FullName())
	default:
		return policy, nil
	}
}
