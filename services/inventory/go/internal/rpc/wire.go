package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
)

// wire is a call's stream as its handler sees it: every request is checked as it is read, and the context is the call's.
type wire struct {
	grpc.ServerStream
	ctx    context.Context
	method *method
	// read counts the messages of a request stream.
	read int
}

func (w *wire) Context() context.Context { return w.ctx }

// RecvMsg reads the next request of a stream, or the one of a method that takes one.
func (w *wire) RecvMsg(m any) error {
	request, ok := m.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is not a message", m)
	}
	if !w.method.requestStream {
		return w.receiveOnly(request)
	}
	bytes, err := w.receive()
	if err != nil {
		return err
	}
	refused := w.method.check(bytes, request)
	if refused != nil {
		return refused.With("message_index", strconv.Itoa(w.read))
	}
	w.read++
	return nil
}

func (w *wire) SendMsg(m any) error {
	response, ok := m.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is not a message", m)
	}
	bytes, err := proto.Marshal(response)
	if err != nil {
		return err
	}
	f := frame(bytes)
	return w.fault(w.ServerStream.SendMsg(&f))
}

func (w *wire) receiveOnly(request proto.Message) error {
	bytes, err := w.receive()
	if errors.Is(err, io.EOF) {
		return refusal.New(errorv1.ErrorReason_REQUEST_MALFORMED, "the request has no message")
	}
	if err != nil {
		return err
	}
	if refused := w.method.check(bytes, request); refused != nil {
		return refused
	}
	switch _, err := w.receive(); {
	case err == nil:
		return refusal.New(errorv1.ErrorReason_REQUEST_MALFORMED, "the request has more than one message")
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

func (w *wire) receive() (frame, error) {
	var f frame
	return f, w.fault(w.ServerStream.RecvMsg(&f))
}

// fault says what an error of the transport means for the call.
func (w *wire) fault(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return err
	case w.ctx.Err() != nil:
		return context.Cause(w.ctx)
	case status.Code(err) == codes.ResourceExhausted:
		return w.method.tooLarge("the message is larger than any that is taken")
	case status.Code(err) == codes.Canceled, status.Code(err) == codes.Unavailable:
		return context.Canceled
	default:
		return err
	}
}

// check reads a request from its bytes: not too large, a message of its type, and as the contract's rules want it.
func (m *method) check(bytes []byte, request proto.Message) *refusal.Error {
	if len(bytes) > m.policy.MaxRequestBytes {
		return m.tooLarge(fmt.Sprintf("the message has %d bytes, %d are allowed", len(bytes), m.policy.MaxRequestBytes))
	}
	if err := proto.Unmarshal(bytes, request); err != nil {
		text := fmt.Sprintf("the message is not a %s", request.ProtoReflect().Descriptor().FullName())
		return refusal.New(errorv1.ErrorReason_REQUEST_MALFORMED, text).Because(err)
	}
	err := m.validator.Validate(request)
	var invalid *protovalidate.ValidationError
	if errors.As(err, &invalid) {
		return toRefusal(invalid)
	}
	if err != nil {
		return refusal.Internal(err)
	}
	return nil
}

func (m *method) tooLarge(text string) *refusal.Error {
	return refusal.New(errorv1.ErrorReason_REQUEST_TOO_LARGE, text)
}

func toRefusal(invalid *protovalidate.ValidationError) *refusal.Error {
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
