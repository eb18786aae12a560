// Package refusal holds the errors that a caller gets to see: reasons of the contract, as gRPC statuses with details.
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
	// Trailers share a limit of some 16 KB with proxies on the way; nobody repairs more fields than this at once.
	mostViolations = 32
)

// Violation is one field of a request that is not as it must be.
type Violation struct {
	// Field is the path in the request: lines[2].quantity.
	Field string
	// Rule is the id of the broken rule: int32.gte_lte.
	Rule string
	// Message is for people; it never repeats the value.
	Message string
}

// Error is a refusal. Any other error goes out as INTERNAL with a fixed text.
type Error struct {
	Reason     contract.Reason
	Text       string
	Metadata   map[string]string
	Violations []Violation
	// Cause is logged where the refusal is, and never sent.
	Cause error
}

// New is a refusal with a text for the caller.
func New(reason contract.Reason, text string) *Error {
	return &Error{Reason: reason, Text: text}
}

func (e *Error) Error() string { return e.Reason.String() + ": " + e.Text }

func (e *Error) Unwrap() error { return e.Cause }

// Code is the status code that goes with the reason.
func (e *Error) Code() codes.Code { return contract.RuleOf(e.Reason).Code }

// With is the same refusal with one more entry in its metadata.
func (e *Error) With(key, value string) *Error {
	more := *e
	more.Metadata = map[string]string{key: value}
	for name, each := range e.Metadata {
		if name != key {
			more.Metadata[name] = each
		}
	}
	return &more
}

// Because is the same refusal with its cause.
func (e *Error) Because(cause error) *Error {
	more := *e
	more.Cause = cause
	return &more
}

// GRPCStatus makes a refusal what grpc-go sends: ErrorInfo always, BadRequest and RetryInfo where there is something to say.
func (e *Error) GRPCStatus() *status.Status {
	rule := contract.RuleOf(e.Reason)
	details := []protoadapt.MessageV1{
		&errdetails.ErrorInfo{Reason: e.Reason.String(), Domain: domain, Metadata: e.Metadata},
	}
	if len(e.Violations) > 0 {
		badRequest := &errdetails.BadRequest{}
		for _, each := range e.Violations[:min(len(e.Violations), mostViolations)] {
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

// From is any error as a refusal: itself, the end of a call's time, or INTERNAL with nothing of the error's text.
func From(err error) *Error {
	var refused *Error
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.Is(err, context.DeadlineExceeded):
		return New(errorv1.ErrorReason_DEADLINE_EXCEEDED, "the deadline has passed").Because(err)
	case errors.Is(err, context.Canceled):
		return New(errorv1.ErrorReason_CANCELLED, "the caller cancelled the call").Because(err)
	default:
		return Internal(err)
	}
}

// Internal hides a fault of ours.
func Internal(cause error) *Error {
	return New(errorv1.ErrorReason_INTERNAL, "internal error").Because(cause)
}
