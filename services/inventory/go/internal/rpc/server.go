// Package rpc serves gRPC by the contract's options: who may call, how long a call may take, how large a request may be,
// and which reasons a refusal may have. Health and reflection stand beside the service.
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
	"theseus.local/inventory/internal/telemetry"
)

const (
	// defaultFrameBytes is the largest message that gRPC takes by default.
	defaultFrameBytes = 4 << 20
	// cancelGrace is the time in which cancelled calls send their status.
	cancelGrace = 500 * time.Millisecond
)

// Options are what a server needs besides its service.
type Options struct {
	Identity *Identity
	Log      *slog.Logger
	// Telemetry is nil when nobody is told of calls.
	Telemetry *telemetry.Telemetry
}

// Server answers calls. The zero value is not usable.
type Server struct {
	grpc      *grpc.Server
	health    *health
	identity  *Identity
	log       *slog.Logger
	telemetry *telemetry.Telemetry
	serving   *period
	writing   writing
}

// NewServer makes a server in standby, whose health says NOT_SERVING until SetServing. A contract with gaps is an error.
func NewServer(service Service, options Options) (*Server, error) {
	policies, err := contract.PoliciesOf(service.Contract)
	if err != nil {
		return nil, err
	}
	validator, err := warmValidator(service.Contract)
	if err != nil {
		return nil, err
	}
	s := &Server{
		health:    newHealth(service.Generated.ServiceName),
		identity:  options.Identity,
		log:       options.Log,
		telemetry: options.Telemetry,
	}
	s.serving = newPeriod(context.Background(), context.Background())
	s.grpc = grpc.NewServer(
		grpc.ForceServerCodecV2(newFrameCodec()),
		grpc.UnknownServiceHandler(s.refuseUnknown),
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

// maxFrameBytes is above the limit of every method, so that decode can refuse what is too large with a reason.
func maxFrameBytes(policies map[protoreflect.Name]contract.Policy) int {
	bytes := defaultFrameBytes
	for _, policy := range policies {
		bytes = max(bytes, 2*policy.MaxRequestBytes)
	}
	return bytes
}

// Serve answers calls until Stop.
func (s *Server) Serve(listener net.Listener) error { return s.grpc.Serve(listener) }

// SetServing sets the status of health. After Stop it stays NOT_SERVING.
func (s *Server) SetServing(serving bool) { s.health.set(serving) }

// Activate takes calls of writing methods, and says so.
func (s *Server) Activate() {
	s.writing.begin(s.serving)
	s.health.setActive(true)
}

// EndWriting refuses calls of writing methods and waits until those under way have ended. Those that take longer than drain
// are cancelled.
func (s *Server) EndWriting(drain time.Duration) { s.writing.end(drain) }

// SayStandby makes health say that the process is not active.
func (s *Server) SayStandby() { s.health.setActive(false) }

// Stop sets NOT_SERVING and waits for running calls. Calls that take longer than drain are cancelled.
func (s *Server) Stop(drain time.Duration) {
	s.health.stop()
	s.serving.drain()
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
	s.serving.stop(refusal.New(errorv1.ErrorReason_SERVICE_UNAVAILABLE, "the server has stopped"))
	select {
	case <-finished:
	case <-time.After(cancelGrace):
		s.grpc.Stop()
	}
}
