// Package rpc serves gRPC as the contract's options want it: who may call, how long, how large, with which reasons it may
// fail; with health and reflection beside the service.
package rpc

import (
	"context"
	"log/slog"
	"net"
	"time"

	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // callers may compress
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/refusal"
)

const (
	// defaultFrameBytes is what gRPC itself allows for a message.
	defaultFrameBytes = 4 << 20
	// For answers to calls that were cut off to get out.
	lastWords = 500 * time.Millisecond
)

// Options are what a server needs besides its service.
type Options struct {
	Identity *Identity
	Log      *slog.Logger
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

// NewServer puts an implementation behind the policies of its service. The server says NOT_SERVING until SetServing.
func NewServer(service Service, options Options) (*Server, error) {
	policies, err := contract.PoliciesOf(service.Contract)
	if err != nil {
		return nil, err
	}
	validator, err := warmValidator(service.Contract)
	if err != nil {
		return nil, err
	}
	s := &Server{health: newHealth(service.Generated.ServiceName), identity: options.Identity, log: options.Log}
	s.draining, s.beginDraining = context.WithCancel(context.Background())
	s.cutOff, s.cutOffRemaining = context.WithCancelCause(context.Background())
	s.grpc = grpc.NewServer(
		grpc.ForceServerCodecV2(newFrameCodec()),
		grpc.UnknownServiceHandler(s.unknown),
		grpc.MaxRecvMsgSize(maxFrameBytes(policies)),
		grpc.MaxConcurrentStreams(1000),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
	)
	s.grpc.RegisterService(s.bind(service, policies, validator), service.Implementation)
	healthpb.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	return s, nil
}

// maxFrameBytes is above what any method takes, so that what is too large for one is refused with a reason.
func maxFrameBytes(policies map[protoreflect.Name]contract.Policy) int {
	bytes := defaultFrameBytes
	for _, policy := range policies {
		bytes = max(bytes, 2*policy.MaxRequestBytes)
	}
	return bytes
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
