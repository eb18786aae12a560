// Package refusal has the errors that callers see: a reason of the contract, as a gRPC status with details.
package refusal

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/contract"
)

const (
	domain = "theseus"
	// maxViolations keeps trailers below the 16 KB that proxies allow.
	maxViolations = 32
)

// Violation is one broken rule of a request.
type Violation struct {
	// Field is the path in the request: lines[2].quantity.
	Field string
	// Rule is the id of the broken rule: int32.gte_lte.
	Rule string
	// Message is for people. It never repeats the value.
	Message string
}

// Error is a refusal. Callers see any other error as INTERNAL with a fixed text.
type Error struct {
	Reason     contract.Reason
	Text       string
	Metadata   map[string]string
	Violations []Violation
	// Cause is logged and never sent.
	Cause error
}

// New makes a refusal with a text for the caller.
func New(reason contract.Reason, text string) *Error {
	return &Error{Reason: reason, Text: text}
}

func (e *Error) Error() string { return e.Reason.String() + ": " + e.Text }

func (e *Error) Unwrap() error { return e.Cause }

// Code is the status code of the reason.
func (e *Error) Code() codes.Code { return contract.RuleOf(e.Reason).Code }

// With returns a copy with one more entry in its metadata.
func (e *Error) With(key, value string) *Error {
	changed := *e
	changed.Metadata = map[string]string{key: value}
	for name, each := range e.Metadata {
		if name != key {
			changed.Metadata[name] = each
		}
	}
	return &changed
}

// WithCause returns a copy with a cause.
func (e *Error) WithCause(cause error) *Error {
	changed := *e
	changed.Cause = cause
	return &changed
}

// GRPCStatus is the status that grpc-go sends. Its details are ErrorInfo, BadRequest for violations, and RetryInfo for
// reasons that allow a retry.
func (e *Error) GRPCStatus() *status.Status {
	rule := contract.RuleOf(e.Reason)
	details := []protoadapt.MessageV1{
		&errdetails.ErrorInfo{Reason: e.Reason.String(), Domain: domain, Metadata: e.Metadata},
	}
	if len(e.Violations) > 0 {
		badRequest := &errdetails.BadRequest{}
		for _, each := range e.Violations[:min(len(e.Violations), maxViolations)] {
			badRequest.FieldViolations = append(badRequest.FieldViolations, &errdetails.BadRequest_FieldViolation{
				Field: each.Field, Reason: each.Rule, Description: each.Message,
			})
		}
		details = append(details, badRequest)
	}
	if rule.RetryAfter > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(rule.RetryAfter)})
	}
	plain := status.New(rule.Code, e.Text)
	detailed, err := plain.WithDetails(details...)
	if err != nil {
		return plain
	}
	return detailed
}

// Is reports whether an error is a refusal for a reason.
func Is(err error, reason contract.Reason) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Reason == reason
}

// From turns any error into a refusal. An error that is neither a refusal nor the end of a context becomes INTERNAL.
func From(err error) *Error {
	var refused *Error
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.Is(err, context.DeadlineExceeded):
		return New(errorv1.ErrorReason_DEADLINE_EXCEEDED, "the deadline has passed").WithCause(err)
	case errors.Is(err, context.Canceled):
		return New(errorv1.ErrorReason_CANCELLED, "the caller cancelled the call").WithCause(err)
	default:
		return Internal(err)
	}
}

// Internal is the refusal for a fault of the service. The cause is logged and never sent.
func Internal(cause error) *Error {
	return New(errorv1.ErrorReason_INTERNAL, "internal error").WithCause(cause)
}
