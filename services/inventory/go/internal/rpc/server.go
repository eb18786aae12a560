// Package rpc serves gRPC as the contract's options want it: who may call, how long, how large, with which reasons it may
// fail; with health and reflection beside the services.
package rpc

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // callers may compress
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/refusal"
)

const (
	// Above what any method takes, so that what is too large is refused with a reason.
	maxFrameBytes = 4 << 20
	// For answers to calls that were cut off to get out.
	lastWords = 500 * time.Millisecond
)

type validator interface {
	Validate(message proto.Message, options ...protovalidate.ValidationOption) error
}

// Server answers calls. The zero value is not usable.
type Server struct {
	grpc     *grpc.Server
	health   *health
	identity *Identity
	log      *slog.Logger
	// draining is over when the server begins to stop, cutOff when it has no more time to.
	draining, cutOff context.Context
	beginDraining    context.CancelFunc
	cutOffRemaining  context.CancelCauseFunc
}

// NewServer makes a server that says NOT_SERVING until SetServing.
func NewServer(identity *Identity, log *slog.Logger) *Server {
	s := &Server{health: newHealth(), identity: identity, log: log}
	s.draining, s.beginDraining = context.WithCancel(context.Background())
	s.cutOff, s.cutOffRemaining = context.WithCancelCause(context.Background())
	s.grpc = grpc.NewServer(
		grpc.ForceServerCodecV2(newFrameCodec()),
		grpc.UnknownServiceHandler(s.unknown),
		grpc.MaxRecvMsgSize(maxFrameBytes),
		grpc.MaxConcurrentStreams(1000),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
	)
	healthpb.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	return s
}

// Register puts an implementation behind the policies of its service.
func (s *Server) Register(generated *grpc.ServiceDesc, implementation any) error {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(generated.ServiceName))
	if err != nil {
		return fmt.Errorf("%s: %w", generated.ServiceName, err)
	}
	service, ok := found.(protoreflect.ServiceDescriptor)
	if !ok {
		return fmt.Errorf("%s is not a service", generated.ServiceName)
	}
	validator, err := warmValidator(service)
	if err != nil {
		return err
	}
	bind := func(name string, handle func(w *wire) error) grpc.StreamDesc {
		described := service.Methods().ByName(protoreflect.Name(name))
		m := &method{
			path:           fmt.Sprintf("/%s/%s", generated.ServiceName, name),
			policy:         contract.PolicyOf(described),
			requestStream:  described.IsStreamingClient(),
			responseStream: described.IsStreamingServer(),
			validator:      validator,
			handle:         handle,
		}
		// To grpc-go all four shapes are one, messages in and messages out.
		return grpc.StreamDesc{
			StreamName:    name,
			ClientStreams: true,
			ServerStreams: true,
			Handler:       func(_ any, stream grpc.ServerStream) error { return s.answer(m, stream) },
		}
	}
	desc := *generated
	desc.Methods, desc.Streams = nil, nil
	for _, each := range generated.Methods {
		desc.Streams = append(desc.Streams, bind(each.MethodName, func(w *wire) error {
			response, err := each.Handler(implementation, w.ctx, w.RecvMsg, nil)
			if err != nil {
				return err
			}
			return w.SendMsg(response)
		}))
	}
	for _, each := range generated.Streams {
		desc.Streams = append(desc.Streams, bind(each.StreamName, func(w *wire) error {
			return each.Handler(implementation, w)
		}))
	}
	s.grpc.RegisterService(&desc, implementation)
	s.health.known[generated.ServiceName] = true
	return nil
}

// Serve answers calls until Stop.
func (s *Server) Serve(listener net.Listener) error { return s.grpc.Serve(listener) }

// SetServing says what health says, until Stop.
func (s *Server) SetServing(serving bool) { s.health.set(serving) }

// Stop says NOT_SERVING and returns when running calls have finished, or were cut off after drain.
func (s *Server) Stop(drain time.Duration) {
	s.health.stop()
	s.beginDraining()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.grpc.GracefulStop()
	}()
	select {
	case <-finished:
		return
	case <-time.After(drain):
	}
	s.cutOffRemaining(refusal.New(errorv1.ErrorReason_SERVICE_UNAVAILABLE, "the server has stopped"))
	select {
	case <-finished:
	case <-time.After(lastWords):
		s.grpc.Stop()
	}
}

// warmValidator compiles the rules of all requests now: the first use of them takes long.
func warmValidator(service protoreflect.ServiceDescriptor) (validator, error) {
	var requests []protoreflect.MessageDescriptor
	for i := range service.Methods().Len() {
		requests = append(requests, service.Methods().Get(i).Input())
	}
	return protovalidate.New(protovalidate.WithMessageDescriptors(requests...), protovalidate.WithDisableLazy())
}
