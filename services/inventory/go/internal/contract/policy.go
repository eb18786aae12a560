// Package contract reads the options that the contract puts on its methods, fields and reasons.
package contract

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
)

// Where the contract is silent.
const (
	defaultTimeout         = 10 * time.Second
	defaultMaxRequestBytes = 4 << 20
)

// Policy is what the options of a method say.
type Policy struct {
	Timeout         time.Duration
	Allow           []*meshv1.Allow
	MaxRequestBytes int // of each message, for a stream
	declared        []Reason
}

// PolicyOf reads the policy of a method.
func PolicyOf(method protoreflect.MethodDescriptor) Policy {
	options := method.Options()
	said, _ := proto.GetExtension(options, meshv1.E_Policy).(*meshv1.Policy)
	declared, _ := proto.GetExtension(options, meshv1.E_Errors).([]Reason)
	return Policy{
		Timeout:         cmp.Or(said.GetTimeout().AsDuration(), defaultTimeout),
		Allow:           said.GetAllow(),
		MaxRequestBytes: cmp.Or(int(said.GetMaxRequestBytes()), defaultMaxRequestBytes),
		declared:        declared,
	}
}

// MayAnswer reports whether the method may be refused for a reason.
func (p Policy) MayAnswer(reason Reason) bool {
	return RuleOf(reason).Common || slices.Contains(p.declared, reason)
}
