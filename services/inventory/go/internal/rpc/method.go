package rpc

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protoreflect"

	"theseus.local/inventory/internal/contract"
)

// method is one that the server answers.
type method struct {
	path           string
	policy         contract.Policy
	requestStream  bool
	responseStream bool
	validator      validator
	// handle is the generated handler, which reads its requests from the wire and writes its responses to it.
	handle func(w *wire) error
}

func newMethod(
	described protoreflect.MethodDescriptor,
	policies map[protoreflect.Name]contract.Policy,
	validator validator,
	handle func(w *wire) error,
) *method {
	return &method{
		path:           fmt.Sprintf("/%s/%s", described.Parent().FullName(), described.Name()),
		policy:         policies[described.Name()],
		requestStream:  described.IsStreamingClient(),
		responseStream: described.IsStreamingServer(),
		validator:      validator,
		handle:         handle,
	}
}
