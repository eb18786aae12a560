package rpc

import (
	"errors"
	"fmt"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
)

// decode reads a request from its bytes. It refuses one that is too large, malformed or against the contract's rules.
func (m *method) decode(bytes []byte, request proto.Message) *refusal.Error {
	if len(bytes) > m.policy.MaxRequestBytes {
		return tooLarge(fmt.Sprintf("the message has %d bytes, %d are allowed", len(bytes), m.policy.MaxRequestBytes))
	}
	if err := unmarshal(bytes, request); err != nil {
		text := fmt.Sprintf("the message is not a %s", request.ProtoReflect().Descriptor().FullName())
		return refusal.New(errorv1.ErrorReason_REQUEST_MALFORMED, text).WithCause(err)
	}
	err := m.validator.Validate(request)
	var invalid *protovalidate.ValidationError
	if errors.As(err, &invalid) {
		return validationFailed(invalid)
	}
	if err != nil {
		return refusal.Internal(err)
	}
	return nil
}

func tooLarge(text string) *refusal.Error {
	return refusal.New(errorv1.ErrorReason_REQUEST_TOO_LARGE, text)
}

func validationFailed(invalid *protovalidate.ValidationError) *refusal.Error {
	violations := make([]refusal.Violation, len(invalid.Violations))
	for i, each := range invalid.Violations {
		violations[i] = refusal.Violation{
			Field:   protovalidate.FieldPathString(each.Proto.GetField()),
			Rule:    each.Proto.GetRuleId(),
			Message: each.Proto.GetMessage(),
		}
	}
	text := violations[0].Message
	if field := violations[0].Field; field != "" {
		text = field + ": " + text
	}
	if more := len(violations) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	refused := refusal.New(errorv1.ErrorReason_VALIDATION_FAILED, text)
	refused.Violations = violations
	return refused
}
