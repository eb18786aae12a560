package rpc

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	meshv1 "theseus.local/inventory/gen/theseus/mesh/v1"
	"theseus.local/inventory/internal/refusal"
)

// Where the contract is silent.
const (
	defaultTimeout         = 10 * time.Second
	defaultMaxRequestBytes = 4 << 20
)

// policy is what the options of a method say.
type policy struct {
	timeout         time.Duration
	allow           []*meshv1.Allow
	maxRequestBytes int // of each message, for a stream
	declared        []refusal.Reason
}

func policyOf(method protoreflect.MethodDescriptor) policy {
	options := method.Options()
	said, _ := proto.GetExtension(options, meshv1.E_Policy).(*meshv1.Policy)
	declared, _ := proto.GetExtension(options, meshv1.E_Errors).([]refusal.Reason)
	return policy{
		timeout:         cmp.Or(said.GetTimeout().AsDuration(), defaultTimeout),
		allow:           said.GetAllow(),
		maxRequestBytes: cmp.Or(int(said.GetMaxRequestBytes()), defaultMaxRequestBytes),
		declared:        declared,
	}
}

// answer is what goes out for an error: a refusal that the method may answer as it is, everything else as INTERNAL.
func (p policy) answer(err error) *refusal.Error {
	refused := refusal.From(err)
	if refused.Reason == errorv1.ErrorReason_INTERNAL && refused.Cause != nil {
		return refusal.Internal(refused.Cause)
	}
	if refusal.RuleOf(refused.Reason).Common || slices.Contains(p.declared, refused.Reason) {
		return refused
	}
	return refusal.Internal(err)
}
