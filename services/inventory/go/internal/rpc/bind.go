package rpc

import (
	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"theseus.local/inventory/internal/contract"
)

type validator interface {
	Validate(message proto.Message, options ...protovalidate.ValidationOption) error
}

// Service is an implementation, with the generated code and the descriptor that it goes by.
type Service struct {
	Contract       protoreflect.ServiceDescriptor
	Generated      *grpc.ServiceDesc
	Implementation any
}

// bind makes every method of a service go through the server's answer. To grpc-go all four shapes of calls become one,
// messages in and messages out.
func (s *Server) bind(service Service, policies map[protoreflect.Name]contract.Policy, validator validator) *grpc.ServiceDesc {
	bound := *service.Generated
	bound.Methods, bound.Streams = nil, nil
	add := func(name string, handle func(w *wire) error) {
		method := newMethod(service.Contract.Methods().ByName(protoreflect.Name(name)), policies, validator, handle)
		bound.Streams = append(bound.Streams, grpc.StreamDesc{
			StreamName:    name,
			ClientStreams: true,
			ServerStreams: true,
			Handler:       func(_ any, stream grpc.ServerStream) error { return s.answer(method, stream) },
		})
	}
	for _, each := range service.Generated.Methods {
		add(each.MethodName, func(w *wire) error {
			response, err := each.Handler(service.Implementation, w.ctx, w.RecvMsg, nil)
			if err != nil {
				return err
			}
			return w.SendMsg(response)
		})
	}
	for _, each := range service.Generated.Streams {
		add(each.StreamName, func(w *wire) error { return each.Handler(service.Implementation, w) })
	}
	return &bound
}

// warmValidator compiles the rules of all requests now: the first use of them takes long.
func warmValidator(service protoreflect.ServiceDescriptor) (validator, error) {
	var requests []protoreflect.MessageDescriptor
	for i := range service.Methods().Len() {
		requests = append(requests, service.Methods().Get(i).Input())
	}
	return protovalidate.New(protovalidate.WithMessageDescriptors(requests...), protovalidate.WithDisableLazy())
}
