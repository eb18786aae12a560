package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
)

// callStream is what a handler reads and writes. It checks every request as it is read.
type callStream struct {
	grpc.ServerStream
	ctx    context.Context
	method *method
	// read counts the messages that were read from a request stream.
	read int
}

// Context is the context of the call, with its deadline.
func (c *callStream) Context() context.Context { return c.ctx }

// RecvMsg reads the next request of a stream, or the only request of any other method.
func (c *callStream) RecvMsg(m any) error {
	request, ok := m.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is not a message", m)
	}
	if !c.method.requestStream {
		return c.receiveOnly(request)
	}
	bytes, err := c.receive()
	if err != nil {
		return err
	}
	refused := c.method.decode(bytes, request)
	if refused != nil {
		return refused.With("message_index", strconv.Itoa(c.read))
	}
	c.read++
	return nil
}

func (c *callStream) SendMsg(m any) error {
	response, ok := m.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is not a message", m)
	}
	bytes, err := proto.Marshal(response)
	if err != nil {
		return err
	}
	f := frame(bytes)
	return c.transportError(c.ServerStream.SendMsg(&f))
}

func (c *callStream) receiveOnly(request proto.Message) error {
	bytes, err := c.receive()
	if errors.Is(err, io.EOF) {
		return refusal.New(errorv1.ErrorReason_REQUEST_MALFORMED, "the request has no message")
	}
	if err != nil {
		return err
	}
	if refused := c.method.decode(bytes, request); refused != nil {
		return refused
	}
	switch _, err := c.receive(); {
	case err == nil:
		return refusal.New(errorv1.ErrorReason_REQUEST_MALFORMED, "the request has more than one message")
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

func (c *callStream) receive() (frame, error) {
	var f frame
	return f, c.transportError(c.ServerStream.RecvMsg(&f))
}

// transportError says what an error of the transport means for the call.
func (c *callStream) transportError(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return err
	case c.ctx.Err() != nil:
		return context.Cause(c.ctx)
	case status.Code(err) == codes.ResourceExhausted:
		return tooLarge("the message is larger than any that is taken")
	case status.Code(err) == codes.Canceled, status.Code(err) == codes.Unavailable:
		return context.Canceled
	default:
		return err
	}
}
