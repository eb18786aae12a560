package rpc

import (
	"fmt"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	_ "theseus.local/inventory/gen/theseus/validate/v1" // rules that the contract adds to those of protovalidate
	"theseus.local/inventory/internal/contract"
)

type validator interface {
	Validate(message proto.Message, options ...protovalidate.ValidationOption) error
}

// Service is an implementation, with its descriptor and its generated code.
type Service struct {
	Contract       protoreflect.ServiceDescriptor
	Generated      *grpc.ServiceDesc
	Implementation any
}

// method is an RPC that the server has.
type method struct {
	path           string
	policy         contract.Policy
	requestStream  bool
	responseStream bool
	validator      validator
	// handle is the generated handler. It reads requests from the stream and writes responses to it.
	handle func(stream *callStream) error
}

// bind leads every method of a service through serveCall. grpc-go sees only streams in both directions: so a missing or
// a second message of a unary call is refused with a reason as well.
func (s *Server) bind(service Service, policies map[protoreflect.Name]contract.Policy, validator validator) *grpc.ServiceDesc {
	bound := *service.Generated
	bound.Methods, bound.Streams = nil, nil
	add := func(name string, handle func(stream *callStream) error) {
		method := newMethod(service.Contract.Methods().ByName(protoreflect.Name(name)), policies, validator, handle)
		bound.Streams = append(bound.Streams, grpc.StreamDesc{
			StreamName:    name,
			ClientStreams: true,
			ServerStreams: true,
			Handler:       func(_ any, stream grpc.ServerStream) error { return s.serveCall(method, stream) },
		})
	}
	for _, each := range service.Generated.Methods {
		add(each.MethodName, func(stream *callStream) error {
			response, err := each.Handler(service.Implementation, stream.ctx, stream.RecvMsg, nil)
			if err != nil {
				return err
			}
			return stream.SendMsg(response)
		})
	}
	for _, each := range service.Generated.Streams {
		add(each.StreamName, func(stream *callStream) error { return each.Handler(service.Implementation, stream) })
	}
	return &bound
}

func newMethod(
	described protoreflect.MethodDescriptor,
	policies map[protoreflect.Name]contract.Policy,
	validator validator,
	handle func(stream *callStream) error,
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

// warmValidator compiles the rules of all requests. That takes long, so it is done before the first call.
func warmValidator(service protoreflect.ServiceDescriptor) (validator, error) {
	var requests []protoreflect.MessageDescriptor
	for i := range service.Methods().Len() {
		requests = append(requests, service.Methods().Get(i).Input())
	}
	return protovalidate.New(protovalidate.WithMessageDescriptors(requests...), protovalidate.WithDisableLazy())
}
